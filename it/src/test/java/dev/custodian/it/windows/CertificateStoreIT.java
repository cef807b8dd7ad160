package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.testpki.TestCa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The store of certificates of a Windows user, under Wine, worked on by several processes: what is
/// there besides ours is the same octet for octet, as the registry has it.
@Timeout(300)
class CertificateStoreIT {
    private static final String STORES = "HKCU\\Software\\Microsoft\\SystemCertificates";

    @TempDir static Path scratch;
    private static Wine wine;
    private static Bytes ours;
    private static Bytes issuer;
    private static Bytes foreign;

    /// With what others have alone.
    private static String before;

    @BeforeAll
    static void putThereWhatOthersHave() throws Exception {
        wine = Wine.start();
        ours = make("ours");
        issuer = make("issuer");
        foreign = make("foreign");
        for (var name : List.of("linked", "huge", "foreign-issuer")) {
            make(name);
        }
        store(
                "clear",
                "--",
                "others",
                file("foreign"),
                file("linked"),
                file("huge"),
                file("foreign-issuer"));
        before = registry();
        assertThat(before)
                .containsIgnoringCase("SystemCertificates\\MY")
                .containsIgnoringCase("SystemCertificates\\CA")
                .contains(key(foreign));
    }

    @AfterAll
    static void end() throws Exception {
        wine.close();
    }

    /// Any certificate does.
    private static Bytes make(String name) throws Exception {
        var ca = TestCa.create(InstantSource.system(), new SecureRandom(), name);
        var der = ca.root().getEncoded();
        Files.write(scratch.resolve(name), der);
        return Bytes.of(der);
    }

    private static String file(String name) {
        return Wine.path(scratch.resolve(name));
    }

    private static String store(String... arguments) throws Exception {
        var classes = List.of(WindowsClasses.ofTests(), WindowsClasses.AGENT);
        return wine.run(scratch, wine.java(classes, StoreProgram.class.getName(), arguments))
                .orFail()
                .out();
    }

    /// All stores of the user with all that is said of each certificate.
    private static String registry() throws Exception {
        var file = scratch.resolve("export");
        wine.run(scratch, List.of("reg", "export", STORES, Wine.path(file), "/y")).orFail();
        return Files.readString(file, StandardCharsets.UTF_16);
    }

    @Test
    void hundredCyclesLeaveNothingAndChangeNothingOfOthers() throws Exception {
        assertThat(store("cycles", "100", file("ours"), file("issuer"))).contains("cycles 100");
        wine.end();
        assertThat(registry()).isEqualTo(before);
    }

    @Test
    void certificateThatSomebodyElseHasThereIsNeitherTakenOverNorRemoved() throws Exception {
        var said =
                store(
                        "add",
                        file("foreign"),
                        "crd_x",
                        hex("Custodian: x"),
                        "--",
                        "add-issuer",
                        file("foreign-issuer"),
                        "--",
                        "list",
                        "--",
                        "clear");
        assertThat(said.lines()).containsExactly("added false", "added false");
        assertThat(registry()).isEqualTo(before);
    }

    private static String hex(String text) {
        return Bytes.utf8(text).hex();
    }

    /// The registry's name of a certificate.
    private static String key(Bytes certificate) throws Exception {
        return Bytes.of(MessageDigest.getInstance("SHA-1").digest(certificate.toArray()))
                .hex()
                .toUpperCase(Locale.ROOT);
    }

    @Test
    void anotherProcessFindsItAlsoAfterWindowsWasSwitchedOffAndItGoesForGood() throws Exception {
        var said =
                store(
                        "add",
                        file("ours"),
                        "crd_old",
                        hex("Custodian: old"),
                        "--",
                        "add",
                        file("ours"),
                        "crd_ours",
                        hex("Custodian: Żółć"),
                        "--",
                        "add-issuer",
                        file("issuer"));
        assertThat(said.lines()).containsOnly("added true");
        wine.end();
        assertThat(registry()).contains(key(ours)).contains(key(issuer));
        assertThat(store("list", "--", "clear").lines())
                .as("the second took the place of the first")
                .containsExactly(
                        "entry " + ours.hex() + " crd_ours " + hex("Custodian: Żółć"),
                        "issuer " + issuer.hex());
        wine.end();
        assertThat(registry()).isEqualTo(before);
    }
}
