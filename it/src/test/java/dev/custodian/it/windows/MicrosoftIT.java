package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.it.Installation;
import dev.custodian.it.Program;
import dev.custodian.it.ReadmeTable;
import dev.custodian.testpki.TestCa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs of Microsoft's, unmodified: .NET and signtool sign by our provider with keys that the
/// server holds, and openssl on Linux accepts what they made. Windows is Wine; its missing router
/// of key storage providers is the one of `native/test`.
@TestMethodOrder(OrderAnnotation.class)
class MicrosoftIT {
    private static final String PROVIDER = "Custodian Key Storage Provider";

    /// `NTE_USER_CANCELLED`
    private static final String CANCELLED = "0x80090036";

    /// What the run found.
    private static final SortedMap<Row, String> FOUND = new ConcurrentSkipListMap<>();

    /// A program and what it signs.
    enum Row {
        CNG(".NET, RSACng and ECDsaCng", "a file, RSA PKCS#1 and PSS, ECDSA, checked by openssl"),
        STORE(".NET, X509Store", "a file, RSA and ECDSA, checked by openssl"),
        CMS(".NET, SignedCms", "CMS, RSA and ECDSA, checked by openssl with the CA"),
        SIGNTOOL("signtool `/ds`", "a digest, RSA and ECDSA, checked by openssl");

        private final String program;
        private final String signs;

        Row(String program, String signs) {
            this.program = program;
            this.signs = signs;
        }
    }

    /// Something that is tried.
    private interface Trial {
        void run() throws Exception;
    }

    /// Notes how it went; a row works when all of its trials do.
    private static void tries(Row row, Trial trial) throws Exception {
        var before = FOUND.put(row, "fails");
        trial.run();
        if (before == null || !before.equals("fails")) {
            FOUND.put(row, "works; " + ReadmeTable.pins(1));
        }
    }

    @TempDir static Path scratch;

    private static WindowsAgent machine;
    private static Installation.Made rsa;
    private static Installation.Made p256;
    private static Path data;

    @BeforeAll
    static void joinAndSync() throws Exception {
        machine = WindowsAgent.start(scratch);
        var owner = machine.join();
        rsa = credential(owner, "RSA-2048");
        p256 = credential(owner, "P-256");
        machine.custodian("credential", "sync").orFail();
        data = Files.writeString(machine.home().resolve("data"), "What is signed.\n");
    }

    private static Installation.Made credential(Id owner, String key) throws Exception {
        return machine.installation()
                .credentials(Custody.OWNER_SEALED, Purpose.DOCUMENT, owner, key)
                .getFirst();
    }

    @AfterAll
    static void stop() throws Exception {
        machine.close();
    }

    private static Installation.Made made(String key) {
        return key.equals("rsa") ? rsa : p256;
    }

    /// The line of the .NET program `it/wine/Sign.cs`.
    private static List<String> dotnet(String... words) {
        var line = new ArrayList<String>();
        line.add(machine.wine().made("WINDOWS_DOTNET31").resolve("dotnet.exe").toString());
        line.add(Wine.path(machine.wine().made("WINDOWS_SIGN")));
        line.addAll(List.of(words));
        return line;
    }

    private static Program.Ran run(String... words) throws Exception {
        return machine.wine().run(machine.home(), dotnet(words));
    }

    private static Path file(String name) {
        return machine.home().resolve(name);
    }

    /// What the certificates of the store are called.
    private static List<String> store() throws Exception {
        return run("list")
                .orFail()
                .out()
                .lines()
                .map(line -> line.split(" \\| ", -1)[0])
                .filter(name -> name.startsWith("Custodian: "))
                .sorted()
                .toList();
    }

    private static String name(String key) throws Exception {
        var display = key.equals("rsa") ? "RSA-2048" : "P-256";
        return store().stream()
                .filter(name -> name.startsWith("Custodian: " + display))
                .findFirst()
                .orElseThrow();
    }

    private static void accepts(
            Installation.Made made, String hash, String padding, Path signature, Path signed)
            throws Exception {
        Openssl.accepts(made.certificate().getPublicKey(), hash, padding, signature, signed);
    }

    private static void approve(CompletableFuture<Program.Ran> signing) throws Exception {
        machine.approve("Sign a document for dotnet.exe, process ");
        WindowsAgent.ended(signing).orFail();
    }

    @Test
    @Order(1)
    void keyExistsByItsNameAndNoOtherDoes() throws Exception {
        assertThat(run("exists", PROVIDER, rsa.id().text()).orFail().out()).startsWith("yes");
        assertThat(run("exists", PROVIDER, "no-such-key").orFail().out()).startsWith("no");
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource({
        "rsa, pkcs1, SHA256",
        "rsa, pkcs1, SHA512",
        "rsa, pss, SHA384",
        "p256, ecdsa, SHA256",
    })
    void cngKeySigns(String key, String padding, String hash) throws Exception {
        var to = file(key + padding + hash);
        var words =
                dotnet(
                        "key",
                        PROVIDER,
                        made(key).id().text(),
                        padding,
                        hash,
                        Wine.path(data),
                        Wine.path(to));
        tries(
                Row.CNG,
                () -> {
                    approve(machine.begin(words));
                    accepts(
                            made(key),
                            hash,
                            padding,
                            padding.equals("ecdsa") ? Openssl.der(to) : to,
                            data);
                });
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource({"rsa, pkcs1", "p256, ecdsa"})
    void certificateOfTheStoreSigns(String key, String padding) throws Exception {
        var to = file(key + "store");
        var words = dotnet("store", name(key), padding, "SHA256", Wine.path(data), Wine.path(to));
        tries(
                Row.STORE,
                () -> {
                    approve(machine.begin(words));
                    accepts(
                            made(key),
                            "SHA256",
                            padding,
                            padding.equals("ecdsa") ? Openssl.der(to) : to,
                            data);
                });
    }

    @ParameterizedTest
    @Order(4)
    @CsvSource({"rsa", "p256"})
    void signedCmsIsAccepted(String key) throws Exception {
        var root = scratch.resolve("root.pem");
        TestCa.writeCertificates(root, machine.installation().ca().root());
        var to = file(key + ".p7s");
        tries(Row.CMS, () -> signsCms(key, root, to));
    }

    private static void signsCms(String key, Path root, Path to) throws Exception {
        approve(machine.begin(dotnet("cms", name(key), Wine.path(data), Wine.path(to))));
        var ran =
                Openssl.run(
                        "cms",
                        "-verify",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        to.toString(),
                        "-content",
                        data.toString(),
                        "-CAfile",
                        root.toString(),
                        "-purpose",
                        "any");
        assertThat(ran.out()).isEqualTo(Files.readString(data));
        assertThat(ran.err()).contains("successful");
    }

    @Test
    @Order(5)
    void refusedSignatureEndsWithTheCodeOfACancellation() throws Exception {
        var to = file("refused");
        var signing =
                machine.begin(
                        dotnet(
                                "key",
                                PROVIDER,
                                rsa.id().text(),
                                "pkcs1",
                                "SHA256",
                                Wine.path(data),
                                Wine.path(to)));
        machine.refuse("Sign a document for dotnet.exe, process ");
        var ran = WindowsAgent.ended(signing);
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains(CANCELLED);
        assertThat(to).doesNotExist();
    }

    @ParameterizedTest
    @Order(6)
    @CsvSource({"rsa", "p256"})
    void signtoolSignsADigest(String key) throws Exception {
        tries(Row.SIGNTOOL, () -> signsDigest(key));
    }

    private static void signsDigest(String key) throws Exception {
        var digest = file(key + ".dig");
        var hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(data));
        Files.writeString(digest, Base64.getEncoder().encodeToString(hash));
        var certificate = file(key + ".crt");
        Files.write(certificate, made(key).certificate().getEncoded());
        var line = new ArrayList<String>();
        line.add(machine.wine().made("WINDOWS_SIGNTOOL").toString());
        line.addAll(List.of("sign", "/ds", "/fd", "sha256", "/f", Wine.path(certificate)));
        line.addAll(List.of("/csp", PROVIDER, "/kc", made(key).id().text(), Wine.path(digest)));
        var signing = machine.begin(line);
        machine.approve("Sign a document for signtool.exe, process ");
        assertThat(WindowsAgent.ended(signing).orFail().said()).contains("Successfully signed");
        var signed = Files.readString(file(key + ".dig.signed"), StandardCharsets.US_ASCII);
        var signature = Files.write(file(key + "signtool"), Base64.getMimeDecoder().decode(signed));
        accepts(
                made(key),
                "SHA256",
                "",
                key.equals("p256") ? Openssl.der(signature) : signature,
                data);
    }

    @Test
    @Order(7)
    void certificatesAreGoneAfterTheLogout() throws Exception {
        assertThat(store()).hasSize(2);
        machine.custodian("logout").orFail();
        assertThat(store()).isEmpty();
    }

    @Test
    @Order(8)
    void tableOfTheReadmeIsWhatTheRunFound() throws Exception {
        var table = ReadmeTable.of("windows", MicrosoftIT.class);
        for (var row : Row.values()) {
            table.row(row.program, "windows", row.signs, FOUND.getOrDefault(row, "not tried"));
        }
        table.require();
    }
}
