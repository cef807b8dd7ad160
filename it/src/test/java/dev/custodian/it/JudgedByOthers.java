package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.document.SamplePdf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// What `./custodian demo` signs, and what its test CA issues, before programs of others; and a
/// copy that was tampered with before the same, so that we know that they look.
@TestInstance(Lifecycle.PER_CLASS)
abstract class JudgedByOthers {
    private final String key;

    private Path folder;
    private DemoRun demo;
    private Path signed;
    private Path tampered;
    private Judges judges;

    /// @param key the credential that signs
    JudgedByOthers(String key) {
        this.key = key;
    }

    @BeforeAll
    void sign(@TempDir Path folder) throws Exception {
        this.folder = folder;
        var input = Files.write(folder.resolve("contract.pdf"), SamplePdf.octets());
        demo = DemoRun.sign(input, folder.resolve("signed.pdf"), "--key", key);
        signed = demo.path("signed");
        tampered = Files.write(folder.resolve("tampered.pdf"), tamper(signed));
        judges = Judges.trusting(demo.path("root"), folder);
    }

    /// Another word on the page, where every octet is covered.
    private static byte[] tamper(Path signed) throws Exception {
        var octets = Files.readAllBytes(signed);
        int at = lastIndexOf(octets, "agreement");
        octets[at] = 'A';
        return octets;
    }

    private static int lastIndexOf(byte[] octets, String word) {
        int at = new String(octets, StandardCharsets.ISO_8859_1).lastIndexOf(word);
        assertThat(at).isPositive();
        return at;
    }

    @Test
    void theDemoTellsProgramsWhatItDid() throws Exception {
        assertThat(demo.json().text("key")).isEqualTo(key);
        assertThat(demo.json().text("level")).isEqualTo("BOUND");
        assertThat(demo.json().text("credential")).startsWith("crd_");
        assertThat(demo.json().number("index", 1, 1000)).isPositive();
        assertThat(demo.json().text("checkpoint")).startsWith("custodian-");
    }

    @Test
    void popplerFindsTheSignatureValidAndTheCertificateTrusted() throws Exception {
        assertThat(judges.pdfsig(signed))
                .contains("Signature Validation: Signature is Valid.")
                .contains("Certificate Validation: Certificate is Trusted.")
                .contains("Total document signed");
        assertThat(judges.pdfsig(tampered)).contains("Digest Mismatch");
    }

    @Test
    void popplerDoesNotTrustTheCertificateWithoutTheRoot() throws Exception {
        var nobody = Files.createDirectory(folder.resolve("nobody"));
        Program.run("certutil", "-N", "-d", "sql:" + nobody, "--empty-password").orFail();
        assertThat(Program.run("pdfsig", "-nssdir", "sql:" + nobody, signed.toString()).out())
                .contains("Signature is Valid")
                .doesNotContain("Certificate is Trusted");
    }

    @Test
    void pyHankoSaysValid() throws Exception {
        var verdict = judges.pyhanko(signed);
        assertThat(verdict.out()).contains(":VALID");
        assertThat(verdict.exit()).isZero();
        assertThat(judges.pyhanko(tampered).exit()).isEqualTo(1);
    }

    @Test
    void openSslAcceptsTheDetachedCms() throws Exception {
        var accepted = judges.openssl(SignedPdf.read(signed));
        assertThat(accepted.exit()).as(accepted.said()).isZero();
        assertThat(judges.openssl(SignedPdf.read(tampered)).exit()).isNotZero();
    }

    @Test
    void qpdfFindsTheStructureClean() throws Exception {
        var clean = Judges.qpdf(signed);
        assertThat(clean.exit()).as(clean.said()).isZero();
        assertThat(clean.said()).doesNotContain("WARNING");
        var octets = Files.readAllBytes(signed);
        octets[lastIndexOf(octets, "startxref") + 12]++;
        var broken = Files.write(folder.resolve("broken.pdf"), octets);
        assertThat(Judges.qpdf(broken).exit()).isNotZero();
    }

    @Test
    void pkilintFindsNoErrorInWhatTheTestCaIssues() throws Exception {
        var leaf = SignedPdf.read(signed).signer().getEncoded();
        for (var certificate : new Path[] {demo.path("root"), pem("leaf", "CERTIFICATE", leaf)}) {
            var verdict = Judges.lintCertificate(certificate);
            assertThat(verdict.exit()).as(verdict.said()).isZero();
        }
        // version 1, and extensions
        var old = pem("old", "CERTIFICATE", replace(leaf, "a003020102", "a003020100"));
        assertThat(Judges.lintCertificate(old).exit()).isPositive();
    }

    @Test
    void pkilintFindsNoErrorInTheRevocationList() throws Exception {
        var verdict = Judges.lintList(demo.path("crl"));
        assertThat(verdict.exit()).as(verdict.said()).isZero();
        var text = Files.readString(demo.path("crl")).replaceAll("-----[^-]*-----", "");
        var der = Base64.getMimeDecoder().decode(text);
        var old = pem("old-list", "X509 CRL", replace(der, "020101", "020100"));
        assertThat(Judges.lintList(old).exit()).isPositive();
    }

    private Path pem(String name, String type, byte[] der) throws Exception {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                folder.resolve(name + ".pem"),
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private static byte[] replace(byte[] octets, String hex, String by) {
        var format = HexFormat.of();
        return format.parseHex(format.formatHex(octets).replaceFirst(hex, by));
    }
}
