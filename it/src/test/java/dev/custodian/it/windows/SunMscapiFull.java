package dev.custodian.it.windows;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.it.Installation;
import dev.custodian.it.Program;
import dev.custodian.it.ReadmeTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The JDK's own SunMSCAPI and jarsigner, on the Windows Java runtime under Wine, sign by our
/// provider with keys that the server holds. Linux checks what they made. SunMSCAPI is built from
/// source by `build/mscapi.sh`, with MinGW, so `make it-full` runs this and `make it` does not.
@TestMethodOrder(OrderAnnotation.class)
class SunMscapiFull {
    private static final Path MADE = Program.HOME.resolve("target/wine/mscapi");

    /// SIGSEGV, as a shell tells it.
    private static final int FAULT = 139;

    @TempDir static Path scratch;

    private static WindowsAgent machine;
    private static Installation.Made rsa;
    private static Installation.Made p256;
    private static Path data;

    /// So many trials went well.
    private static int signatures;

    private static int jars;

    @BeforeAll
    static void joinAndSync() throws Exception {
        machine = WindowsAgent.start(scratch);
        var owner = machine.join();
        rsa =
                machine.installation()
                        .credentials(Custody.OWNER_SEALED, Purpose.CODE, owner, "RSA-2048")
                        .getFirst();
        p256 =
                machine.installation()
                        .credentials(Custody.OWNER_SEALED, Purpose.CODE, owner, "P-256")
                        .getFirst();
        machine.custodian("credential", "sync").orFail();
        data = Files.writeString(machine.home().resolve("data"), "What is signed.\n");
    }

    @AfterAll
    static void stop() throws Exception {
        machine.close();
    }

    private static Installation.Made made(String key) {
        return key.equals("rsa") ? rsa : p256;
    }

    private static List<String> program(String... words) throws Exception {
        var line =
                new ArrayList<>(
                        machine.wine()
                                .java(
                                        List.of(WindowsClasses.ofTests(), MADE.resolve("classes")),
                                        MscapiProgram.class.getName(),
                                        words));
        line.addAll(1, Files.readAllLines(MADE.resolve("options")));
        return line;
    }

    /// Under Wine about one such process in forty has ended by a fault after all was done, why is
    /// not known: what it said and made is looked at.
    private static Program.Ran done(Program.Ran ran) {
        assertThat(ran.exit()).as(ran.said()).isIn(0, FAULT);
        return ran;
    }

    /// What Windows-MY has of a certificate: alias, hash, key.
    private static List<String> listed(Installation.Made made) throws Exception {
        var hash = Hashes.sha256(Bytes.of(made.certificate().getEncoded())).hex();
        return done(machine.wine().run(machine.home(), program("list")))
                .out()
                .lines()
                .map(line -> List.of(line.split(" \\| ", -1)))
                .filter(line -> line.get(1).equals(hash))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource({"rsa, RSA, 2048", "p256, EC, 256"})
    void storeListsOurCertificateWithItsKeyAndAsksNobody(String key, String type, String bits)
            throws Exception {
        var line = listed(made(key));
        assertThat(line.getFirst()).startsWith("Custodian: ");
        assertThat(line.getLast()).startsWith(type).contains("size=" + bits + " bits", "type=CNG");
        assertThat(machine.screen().window()).isEmpty();
    }

    @Test
    @Order(2)
    void refusedSignatureIsAnExceptionAndNoFile() throws Exception {
        var to = machine.home().resolve("refused");
        var signing = machine.begin(signing("rsa", "SHA256withRSA", to));
        machine.refuse("Sign code for java.exe, process ");
        assertThat(done(WindowsAgent.ended(signing)).out()).startsWith("not signed: ");
        assertThat(to).doesNotExist();
    }

    private static List<String> signing(String key, String algorithm, Path to) throws Exception {
        return program(
                "sign", listed(made(key)).getFirst(), algorithm, Wine.path(data), Wine.path(to));
    }

    /// It would sign octets that may be anything: declined before anybody is asked.
    @Test
    @Order(2)
    void signatureOverNoDigestIsDeclined() throws Exception {
        var to = machine.home().resolve("none");
        var said = done(machine.wine().run(machine.home(), signing("rsa", "NONEwithRSA", to)));
        assertThat(said.out()).startsWith("not signed: ");
        assertThat(to).doesNotExist();
        assertThat(machine.screen().window()).isEmpty();
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource({
        "rsa, SHA256withRSA, sha256, pkcs1",
        "rsa, SHA512withRSA, sha512, pkcs1",
        "rsa, RSASSA-PSS, sha256, pss",
        "p256, SHA256withECDSA, sha256, ecdsa",
    })
    void signatureIsAccepted(String key, String algorithm, String hash, String padding)
            throws Exception {
        var to = machine.home().resolve(key + algorithm);
        var signing = machine.begin(signing(key, algorithm, to));
        machine.approve("Sign code for java.exe, process ");
        assertThat(done(WindowsAgent.ended(signing)).out())
                .isEqualToIgnoringNewLines("signed by SunMSCAPI");
        Openssl.accepts(made(key).certificate().getPublicKey(), hash, padding, to, data);
        signatures++;
    }

    @ParameterizedTest
    @Order(4)
    @CsvSource({"rsa, RSA", "p256, EC"})
    void jarThatJarsignerSignsIsAcceptedByThatOfLinux(String key, String type) throws Exception {
        var file = machine.home().resolve(key + ".jar");
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry("hello.txt"));
            out.write("Hello.\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(verified(file).out()).contains("jar is unsigned");
        var alias = listed(made(key)).getFirst();
        var line =
                program(
                        "jarsigner",
                        "-keystore",
                        "NONE",
                        "-storetype",
                        "Windows-MY",
                        Wine.path(file),
                        alias);
        var signing = machine.begin(line);
        machine.approve("Sign code for java.exe, process ");
        assertThat(done(WindowsAgent.ended(signing)).out()).contains("jar signed.");

        var ran = verified(file).orFail();
        assertThat(ran.out())
                .contains("jar verified.")
                .doesNotContain("chain is invalid", "unsigned");
        try (var entries = new JarFile(file.toFile())) {
            assertThat(entries.stream().map(JarEntry::getName))
                    .anyMatch(x -> x.endsWith("." + type));
        }
        assertThat(verified(changed(file)).exit()).isNotZero();
        jars++;
    }

    /// What jarsigner of Linux says of a jar, with the root alone to trust.
    private static Program.Ran verified(Path jar) throws Exception {
        var trust = scratch.resolve("trust.p12");
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", machine.installation().ca().root());
        try (var out = Files.newOutputStream(trust)) {
            store.store(out, "changeit".toCharArray());
        }
        return Program.run(
                Path.of(System.getProperty("java.home"), "bin/jarsigner").toString(),
                "-verify",
                "-keystore",
                trust.toString(),
                "-storepass",
                "changeit",
                jar.toString());
    }

    /// Another text under the same name.
    private static Path changed(Path jar) throws Exception {
        var copy = Files.copy(jar, jar.resolveSibling("changed.jar"), REPLACE_EXISTING);
        try (var zip = FileSystems.newFileSystem(copy)) {
            Files.writeString(zip.getPath("hello.txt"), "Hallo.\n");
        }
        return copy;
    }

    @Test
    @Order(5)
    void tableOfTheReadmeIsWhatTheRunFound() throws Exception {
        var table = ReadmeTable.of("windows-full", SunMscapiFull.class);
        var works = "works; " + ReadmeTable.pins(1);
        table.row(
                "a Java program, SunMSCAPI",
                "windows",
                "a file, RSA PKCS#1 and PSS, ECDSA, checked by openssl",
                signatures == 4 ? works : "fails");
        table.row(
                "jarsigner, Windows-MY",
                "windows",
                "a JAR, RSA and ECDSA, checked by jarsigner on Linux",
                jars == 2 ? works : "fails");
        table.require();
    }
}
