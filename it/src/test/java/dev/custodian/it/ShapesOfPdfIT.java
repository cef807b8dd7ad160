package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.document.SamplePdf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of many a make, signed by `./custodian demo` and judged by others; and files that cannot
/// be signed, which get a sentence and leave nothing.
class ShapesOfPdfIT {
    @TempDir Path folder;

    private Path sample;

    @BeforeEach
    void write() throws Exception {
        sample = Files.write(folder.resolve("sample.pdf"), SamplePdf.octets());
    }

    private Path signedAndJudged(Path input, int signatures, Path... roots) throws Exception {
        var demo = DemoRun.sign(input, folder.resolve("out.pdf"), "--key", "P-256");
        var signed = demo.path("signed");
        var judges = Judges.trusting(demo.path("root"), folder);
        for (var root : roots) {
            judges.alsoTrust(root, "earlier");
        }
        var verdict = judges.pdfsig(signed);
        assertThat(verdict.split("Signature is Valid", -1)).as(verdict).hasSize(signatures + 1);
        assertThat(verdict.split("Certificate is Trusted", -1)).as(verdict).hasSize(signatures + 1);
        var openssl = judges.openssl(SignedPdf.read(signed));
        assertThat(openssl.exit()).as(openssl.said()).isZero();
        var qpdf = Judges.qpdf(signed);
        assertThat(qpdf.exit()).as(qpdf.said()).isZero();
        if (signatures == 1) {
            var pyhanko = judges.pyhanko(signed);
            assertThat(pyhanko.exit()).as(pyhanko.said()).isZero();
        }
        return signed;
    }

    @Test
    void junkInFrontAndBehind() throws Exception {
        signedAndJudged(Pdfs.withJunk(sample, folder.resolve("junk.pdf")), 1);
    }

    @Test
    void crossReferenceAndObjectStreams() throws Exception {
        var streams = folder.resolve("streams.pdf");
        Program.run("qpdf", "--object-streams=generate", sample.toString(), streams.toString())
                .orFail();
        signedAndJudged(streams, 1);
    }

    @Test
    void fieldThatWaitsIsTheOneThatIsFilled() throws Exception {
        var signed = signedAndJudged(Pdfs.withWaitingField(folder.resolve("waiting.pdf")), 1);
        assertThat(Program.run("pdfsig", signed.toString()).out())
                .contains("Signature Field Name: Approval");
    }

    @Test
    void firstSignatureStaysValidUnderASecond() throws Exception {
        var first = DemoRun.sign(sample, folder.resolve("first.pdf"));
        var before = Files.readAllBytes(first.path("signed"));
        var second = signedAndJudged(first.path("signed"), 2, first.path("root"));
        assertThat(Files.readAllBytes(second)).startsWith(before);
    }

    private void refused(Path input, String sentence) throws Exception {
        var output = folder.resolve("none.pdf");
        var ran = Program.custodian("demo", input.toString(), "--out", output.toString());
        assertThat(ran.exit()).as(ran.said()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("custodian: " + sentence)
                .doesNotContain("Exception", "\tat ");
        try (var left = Files.newDirectoryStream(folder, "none*")) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatIsNoPdfIsRefused() throws Exception {
        refused(Files.writeString(folder.resolve("a.pdf"), "no PDF\n"), "The file is not a PDF.");
        refused(Files.write(folder.resolve("b.pdf"), new byte[0]), "The file is empty.");
    }

    @Test
    void encryptedPdfIsRefused() throws Exception {
        var encrypted = folder.resolve("encrypted.pdf");
        Program.run(
                        "qpdf",
                        "--encrypt",
                        "user",
                        "owner",
                        "256",
                        "--",
                        sample.toString(),
                        encrypted.toString())
                .orFail();
        refused(encrypted, "The PDF is encrypted.");
    }

    @Test
    void pdfThatPyHankoCertifiedAgainstChangesIsRefused() throws Exception {
        var key = folder.resolve("key.pem").toString();
        var certificate = folder.resolve("certificate.pem").toString();
        Program.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-noenc",
                        "-subj",
                        "/CN=author",
                        "-keyout",
                        key,
                        "-out",
                        certificate)
                .orFail();
        var certified = folder.resolve("certified.pdf");
        Program.python(
                        "python",
                        Program.HOME.resolve("it/python/certify.py").toString(),
                        sample.toString(),
                        certified.toString(),
                        key,
                        certificate)
                .orFail();
        refused(certified, "The PDF's author certified it against changes;");
    }

    @Test
    void truncatedPdfIsRefused() throws Exception {
        var octets = Files.readAllBytes(sample);
        refused(
                Files.write(folder.resolve("half.pdf"), Arrays.copyOf(octets, octets.length / 2)),
                "The PDF is damaged or cut off.");
    }
}
