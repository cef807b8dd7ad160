package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Purpose;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that dies, is renewed, or goes on for hours while the shipped agent stands still: no
/// request is lost, no signature is made twice, and nobody has to log in.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(OrderAnnotation.class)
class BrokenServerIT {
    /// Longer than an access token, a challenge, a nonce and an identity statement live.
    private static final Duration ASLEEP = Duration.ofHours(2);

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static AgentProcess agent;

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        serving = serve();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), scratch.resolve("device"));
        installation.credentials(Custody.OWNER_SEALED, Purpose.CODE, device.owner(), "P-256");
        agent = AgentProcess.start(scratch);
        awaitKey();
        Files.writeString(scratch.resolve("key.pub"), run("ssh-add", "-L").orFail().out());
        Files.writeString(scratch.resolve("letter"), "Dear Charles,\n");
    }

    private static void awaitKey() throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> run("ssh-add", "-L").exit() == 0);
    }

    private static Serving serve() throws Exception {
        return installation.serveObserved(scratch.resolve("bodies"));
    }

    @AfterAll
    static void stop() throws Exception {
        agent.release();
        agent.close();
        serving.close();
    }

    /// Variables by which a file says how far the agent's clock is from this machine's.
    private static Map<String, String> clock() throws Exception {
        var library = Program.run("sh", "-c", "ls /usr/lib/*/faketime/libfaketime.so.1").orFail();
        return Map.of(
                "LD_PRELOAD",
                library.out().strip(),
                "FAKETIME_TIMESTAMP_FILE",
                scratch.resolve("clock").toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    private static void setClock(Duration ahead) throws Exception {
        Files.writeString(scratch.resolve("clock"), "+" + ahead.toSeconds() + "\n");
    }

    private static Program.Ran run(String... line) throws Exception {
        return Program.run(
                scratch,
                Map.of(
                        "SSH_AUTH_SOCK",
                        scratch.resolve("sockets/ssh.sock").toString(),
                        "HOME",
                        scratch.toString()),
                List.of(line));
    }

    private static Program.Ran sign() throws Exception {
        Files.deleteIfExists(scratch.resolve("letter.sig"));
        return run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "letter");
    }

    private static CompletableFuture<Program.Ran> signing() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return sign();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                Thread::startVirtualThread);
    }

    private static long signed() throws Exception {
        return installation.command("journal", "verify").number("signed", 0, Long.MAX_VALUE);
    }

    /// All that the server was sent.
    private static String sent() throws Exception {
        return Files.readString(scratch.resolve("bodies"), StandardCharsets.ISO_8859_1);
    }

    /// How often somebody has logged in.
    private static long logins() throws Exception {
        return Pattern.compile("grant_type=urn").matcher(sent()).results().count();
    }

    @Test
    @Order(1)
    void serverThatDiesUnderTheQuestionIsAFailureAndTheNextTryWorks() throws Exception {
        long before = signed();
        agent.willAnswer(OwnerDevice.PIN);
        agent.hold();
        var program = signing();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> agent.asked().size() == 1);
        serving.kill();
        agent.release();
        assertThat(program.get(2, TimeUnit.MINUTES).exit()).isNotZero();
        assertThat(scratch.resolve("letter.sig")).doesNotExist();
        assertThat(agent.log()).contains("ssh: " + FailureKind.SERVER_UNREACHABLE.id());
        assertThat(signed()).isEqualTo(before);

        serving = serve();
        agent.willAnswer(OwnerDevice.PIN);
        sign().orFail();
        assertThat(agent.asked()).as("the first answer signs nothing any more").hasSize(1);
        assertThat(signed()).isEqualTo(before + 1);
    }

    @Test
    @Order(2)
    void renewedCertificateCostsNoLogin() throws Exception {
        long logins = logins();
        serving.close();
        var tls = scratch.resolve("data/tls.pem");
        var before = Files.readString(tls);
        Program.run(
                        "sh",
                        "-euc",
                        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc"
                                + " -days 30 -subj /CN=127.0.0.1 -keyout \"$0.key\" -out \"$0.crt\""
                                + " 2>&1; cat \"$0.key\" \"$0.crt\" > \"$0\"",
                        tls.toString())
                .orFail();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(tls)).isNotEqualTo(before);
        serving = serve();
        sign().orFail();
        assertThat(logins()).isEqualTo(logins).isPositive();
    }

    @Test
    @Order(3)
    void agentThatStoodStillForHoursLosesNoRequestAndNoLogin() throws Exception {
        agent.close();
        setClock(Duration.ZERO);
        agent = AgentProcess.startUnder(scratch, List.of(), clock());
        awaitKey();
        sign().orFail();
        long logins = logins();
        signal("STOP");
        var program = signing();
        setClock(ASLEEP);
        serving.forward(ASLEEP);
        // the agent's clock is as it was for a second at most
        Program.run("sleep", "2").orFail();
        signal("CONT");
        program.get(2, TimeUnit.MINUTES).orFail();
        assertThat(sent()).contains("grant_type=refresh_token");
        assertThat(logins()).isEqualTo(logins).isPositive();
    }

    private static void signal(String name) throws Exception {
        Program.run("sh", "-c", "kill -" + name + " " + agent.pid()).orFail();
    }
}
