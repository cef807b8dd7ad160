package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.it.Installation;
import dev.custodian.it.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Callers that must not be answered by a window, as Schannel is: they sign under a consent that
/// was granted before, and else are told that a question is needed. `native/test/caller`, a program
/// of ours, makes their calls; shipped library, agent and server answer it. Each step goes on where
/// the one before ended.
@Timeout(400)
@TestMethodOrder(OrderAnnotation.class)
class SilentIT {
    private static final Path X64 = Program.HOME.resolve("target/native/x64");

    private static final String SILENT = "40";
    private static final String ASKING = "0";

    /// `NTE_SILENT_CONTEXT`
    private static final String QUESTION_NEEDED = "SignHash 80090022";

    /// `NTE_USER_CANCELLED`
    private static final String CANCELLED = "SignHash 80090036";

    /// `NTE_BAD_KEYSET`
    private static final String NO_SUCH_KEY = "OpenKey 80090016";

    /// `NTE_DEVICE_NOT_READY`
    private static final String NOT_READY = "SignHash 80090030";

    @TempDir static Path scratch;

    private static WindowsAgent machine;
    private static Installation.Made rsa;
    private static Installation.Made p256;
    private static Path data;
    private static Dialog caller;
    private static String process;

    @BeforeAll
    static void joinAndStartTheCaller() throws Exception {
        machine = WindowsAgent.start(scratch);
        var owner = machine.join();
        var credentials = new ArrayList<Installation.Made>();
        for (var key : List.of("RSA-2048", "P-256")) {
            credentials.add(
                    machine.installation()
                            .credentials(Custody.OWNER_SEALED, Purpose.LOGIN, owner, key)
                            .getFirst());
        }
        rsa = credentials.getFirst();
        p256 = credentials.getLast();
        machine.custodian("credential", "list", "--sync").orFail();
        data = Files.writeString(machine.home().resolve("data"), "What a handshake signs.\n");
        caller = program();
        process = caller.line();
    }

    @AfterAll
    static void stop() throws Exception {
        try (var program = caller) {
            assertThat(program).isNotNull();
        } finally {
            machine.close();
        }
    }

    private static Dialog program() throws Exception {
        return new Dialog(
                machine.wine().program(List.of(X64.resolve("caller.exe").toString())),
                scratch.resolve("caller.log"));
    }

    private static Installation.Made made(String key) {
        return key.equals("rsa") ? rsa : p256;
    }

    /// The line that has the caller sign [#data].
    private static String line(String key, String padding, String acquire, String sign)
            throws Exception {
        var hash = Hashes.sha256(Bytes.of(Files.readAllBytes(data))).hex();
        return String.join(" ", made(key).id().text(), padding, acquire, sign, hash);
    }

    private static void noWindow() throws Exception {
        assertThat(machine.screen().window()).isEmpty();
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource({"rsa, pss, 40, 40", "rsa, pss, 40, 0", "rsa, pss, 0, 40", "p256, ecdsa, 40, 40"})
    void withoutAConsentItIsToldThatAQuestionIsNeeded(
            String key, String padding, String acquire, String sign) throws Exception {
        assertThat(caller.ask(line(key, padding, acquire, sign))).isEqualTo(QUESTION_NEEDED);
        noWindow();
    }

    /// What is missing is the person's word alone.
    @Test
    @Order(2)
    void theSameCallWithoutTheFlagAsks() throws Exception {
        var line = line("rsa", "pss", ASKING, ASKING);
        var calling =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return caller.ask(line);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        task -> Thread.ofPlatform().daemon().start(task));
        machine.refuse("Log in for caller.exe, process " + process);
        assertThat(calling.get(60, TimeUnit.SECONDS)).isEqualTo(CANCELLED);
        machine.screen().awaitNoWindow();
    }

    @Test
    @Order(3)
    void keyThatIsNotThereIsToldSilentlyToo() throws Exception {
        var line = line("rsa", "pss", SILENT, SILENT).replace(rsa.id().text(), "no-such-key");
        assertThat(caller.ask(line)).isEqualTo(NO_SUCH_KEY);
        noWindow();
    }

    @Test
    @Order(4)
    void underAConsentItSignsSoOftenAndForThisProcessAlone() throws Exception {
        granted("rsa", 2);
        var line = line("rsa", "pss", SILENT, SILENT);
        try (var other = program()) {
            assertThat(other.line()).isNotEqualTo(process);
            assertThat(other.ask(line)).isEqualTo(QUESTION_NEEDED);
        }
        assertThat(caller.ask(line("p256", "ecdsa", SILENT, SILENT)))
                .as("the consent is for the other key")
                .isEqualTo(QUESTION_NEEDED);
        for (int i = 0; i < 2; i++) {
            accepts("rsa", "pss", caller.ask(line));
            // Another one: what was signed already is no new signature.
            Files.writeString(data, "What handshake " + i + " signs.\n");
            line = line("rsa", "pss", SILENT, SILENT);
        }
        assertThat(caller.ask(line)).isEqualTo(QUESTION_NEEDED);
        noWindow();
    }

    @Test
    @Order(5)
    void consentThatWasTakenBackSignsNoMore() throws Exception {
        var consent = granted("p256", 50);
        var line = line("p256", "ecdsa", SILENT, SILENT);
        accepts("p256", "ecdsa", caller.ask(line));
        machine.custodian("consent", "forget", consent).orFail();
        Files.writeString(data, "What is signed no more.\n");
        assertThat(caller.ask(line("p256", "ecdsa", SILENT, SILENT))).isEqualTo(QUESTION_NEEDED);
        noWindow();
    }

    /// Neither the opening of a key nor what is asked of it before a signature needs the server.
    @Test
    @Order(6)
    void withoutAServerKeysOpenAndNothingSigns() throws Exception {
        granted("rsa", 50);
        machine.stopServer();
        assertThat(caller.ask(line("rsa", "pss", SILENT, SILENT))).isEqualTo(NOT_READY);
        noWindow();
    }

    /// Grants the caller so many signatures.
    ///
    /// @return the consent's id
    private static String granted(String key, int count) throws Exception {
        var granting =
                machine.begin(
                        "consent",
                        "grant",
                        made(key).id().text(),
                        "--process",
                        process,
                        "--count",
                        Integer.toString(count),
                        "--minutes",
                        "5",
                        "--json");
        machine.approve("Allow signatures ahead?");
        var answer = Bytes.utf8(WindowsAgent.ended(granting).orFail().out().strip());
        machine.screen().awaitNoWindow();
        return Json.members(Json.parse(answer, 1 << 16), "it").text("consent");
    }

    private static void accepts(String key, String padding, String said) throws Exception {
        assertThat(said).startsWith("signed ");
        var octets = Bytes.fromHex(said.substring(7)).toArray();
        var signature = Files.write(scratch.resolve(key + padding), octets);
        Openssl.accepts(
                made(key).certificate().getPublicKey(),
                "SHA256",
                padding,
                padding.equals("ecdsa") ? Openssl.der(signature) : signature,
                data);
    }
}
