package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.document.Finding.Check;
import dev.custodian.document.Finding.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSNull;
import org.apache.pdfbox.cos.COSNumber;
import org.apache.pdfbox.cos.COSString;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(QuietPdfBox.class)
class PdfVerificationTest {
    private static final Instant NOW = TestSigner.NOW;
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void ownSignatureIsTrustedUnderItsRoot(Scheme name) throws Exception {
        var signer = name.family() == KeyAlgorithm.Family.RSA ? TestSigner.RSA : TestSigner.EC;
        var signed = sign(signer, SignatureScheme.of(name), SamplePdf.octets());
        var report = verify(signed, trust(signer));
        assertThat(report.isTrusted()).as(report.text()).isTrue();
        var signature = report.signatures().getFirst();
        assertThat(signature.signer()).isEqualTo("CN=TEST signer " + name.family());
        assertThat(signature.time()).isEqualTo(NOW);
        assertThat(outcome(signature, Check.REVOCATION)).isEqualTo(Outcome.UNKNOWN);
        assertThat(report.text()).contains("TEST root", "nobody's trust list");
    }

    @Test
    void pdfWithoutSignatureHasAnEmptyReport() throws Exception {
        var report = verify(SamplePdf.octets(), trust(TestSigner.EC));
        assertThat(report.signatures()).isEmpty();
        assertThat(report.isTrusted()).isFalse();
        assertThat(report.text()).isEqualTo("The file holds no signature.\n");
    }

    /// One bit at a time, all over the file. Inside the signature some octets can be written in
    /// several ways (the case of the issuer's name, a version number): then the same is said about
    /// the same document.
    @Test
    void everyChangedOctetIsNoticed() throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        var original = verify(signed, trust(TestSigner.EC));
        int gapStart = latin1(signed).indexOf("/Contents <") + "/Contents <".length();
        int gapEnd = latin1(signed).indexOf('>', gapStart);
        for (int at = 0; at < signed.length; at += 3) {
            var changed = signed.clone();
            changed[at] ^= 1;
            var report = verifyIfReadable(changed);
            if (report.isTrusted()) {
                assertThat(at).as("octet %d", at).isBetween(gapStart, gapEnd - 1);
                assertThat(report).isEqualTo(original);
            }
        }
    }

    @Test
    void changedDocumentIsToldFromChangedSignature() throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        var document = replace(signed, "sample agreement", "simple agreement");
        var signature = verify(document, trust(TestSigner.EC)).signatures().getFirst();
        assertThat(outcome(signature, Check.DIGEST)).isEqualTo(Outcome.FAILS);
        assertThat(outcome(signature, Check.SIGNATURE)).isEqualTo(Outcome.HOLDS);
        assertThat(signature.isIntact()).isFalse();
    }

    @Test
    void additionAfterTheSignatureIsNotCovered() throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        var longer = TestPdfs.concat(signed, TestPdfs.ascii("% more\n"));
        var report = verify(longer, trust(TestSigner.EC));
        assertThat(report.isTrusted()).isFalse();
        assertThat(report.signatures().getFirst().isTrusted()).isTrue();
        assertThat(report.signatures().getFirst().laterOctets()).isEqualTo(7);
    }

    @Test
    void octetsInFrontOfThePdfAreNotCovered() throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        var file = folder.resolve("front.pdf");
        Files.write(file, TestPdfs.concat(TestPdfs.ascii("#!/bin/sh\n"), signed));
        var report = PdfVerification.verify(file, trust(TestSigner.EC), NOW);
        assertThat(outcome(report.signatures().getFirst(), Check.RANGE)).isEqualTo(Outcome.FAILS);
        assertThat(report.isTrusted()).isFalse();
    }

    /// Shapes that once made programs show one document and check another. `g` is where the gap
    /// begins, `h` where it ends, `n` the octets after it.
    @ParameterizedTest
    @CsvSource({
        "'0 g h'",
        "'0 g h n 0 0'",
        "'1 g h n'",
        "'-1 g h n'",
        "'0 -5 h n'",
        "'0 g h -1'",
        "'0 0 h n'",
        "'0 g h 0'",
        "'0 g h 99999999999999'",
        "'0 g 99999999999 n'",
        "'0 g h 9223372036854775807'",
        "'0 g 9223372036854775807 9223372036854775807'",
        "'0 g h 99999999999999999999999999'",
        "'0 h g n'",
        "'0 h h n'",
        "'0 9 h n'",
        "'0 g h 9'",
        "'0.0 g h n'",
        "'(0) g h n'",
        "'0 g null n'",
        "'[0] g h n'",
    })
    void hostileByteRangeIsRefused(String shape) throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        SignatureReport signature;
        try (var source = PdfSource.parse(new RandomAccessReadBuffer(signed), 0)) {
            var dictionary = source.document().getSignatureDictionaries().getFirst().getCOSObject();
            var honest = dictionary.getCOSArray(COSName.BYTERANGE);
            dictionary.setItem(COSName.BYTERANGE, hostile(shape, honest));
            signature =
                    PdfVerification.verify(source, trust(TestSigner.EC), NOW)
                            .signatures()
                            .getFirst();
        }
        assertThat(outcome(signature, Check.RANGE)).isEqualTo(Outcome.FAILS);
        assertThat(signature.findings()).hasSize(1);
        assertThat(signature.coversWholeFile()).isFalse();
    }

    /// The signature is moved into an attacker's object; the covered octets stay where they were.
    @Test
    void wrappedSignatureIsRefused() throws Exception {
        var signed = latin1(sign(TestSigner.EC, ECDSA, SamplePdf.octets()));
        int gap = signed.indexOf("/Contents <") + "/Contents ".length();
        var contents = signed.substring(gap, signed.indexOf('>', gap) + 1);
        var wrapped =
                TestPdfs.onePage(
                        "/AcroForm << /Fields [5 0 R] >>",
                        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /Rect [0 0 0 0] /P 3 0 R /V 6 0 R >>",
                        "<< /Type /Sig /SubFilter /ETSI.CAdES.detached /Contents %s /ByteRange [0 %d %d 20] >>"
                                .formatted(contents, gap, gap + contents.length()));
        var signature = verify(wrapped, trust(TestSigner.EC)).signatures().getFirst();
        assertThat(outcome(signature, Check.RANGE)).isEqualTo(Outcome.FAILS);
    }

    @Test
    void strangerIsNotTrusted() throws Exception {
        var signed = sign(TestSigner.RSA, rsa(), SamplePdf.octets());
        var signature = verify(signed, trust(TestSigner.EC)).signatures().getFirst();
        assertThat(signature.isIntact()).isTrue();
        assertThat(outcome(signature, Check.PATH)).isEqualTo(Outcome.FAILS);
        var nobody = verify(signed, new Trust(List.of(), List.of(), false));
        assertThat(nobody.isTrusted()).isFalse();
        assertThat(outcome(nobody.signatures().getFirst(), Check.PATH)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void certificateForLoginIsNotForDocuments() throws Exception {
        var signer = TestSigner.make("EC", KeyUsage.digitalSignature);
        var report = verify(sign(signer, ECDSA, SamplePdf.octets()), trust(signer));
        assertThat(outcome(report.signatures().getFirst(), Check.KEY_USAGE))
                .isEqualTo(Outcome.FAILS);
        assertThat(report.isTrusted()).isFalse();
    }

    @Test
    void expiredCertificateIsToldFromMissingPath() throws Exception {
        var signer = TestSigner.make("EC", KeyUsage.nonRepudiation, NOW.plus(1, ChronoUnit.DAYS));
        var signed = sign(signer, ECDSA, SamplePdf.octets());
        assertThat(verify(signed, trust(signer)).isTrusted()).isTrue();
        var later = verify(signed, trust(signer), NOW.plus(2, ChronoUnit.DAYS));
        var signature = later.signatures().getFirst();
        assertThat(outcome(signature, Check.VALIDITY)).isEqualTo(Outcome.FAILS);
        assertThat(outcome(signature, Check.PATH)).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void revocationListIsAsked() throws Exception {
        var signer = TestSigner.EC;
        var signed = sign(signer, ECDSA, SamplePdf.octets());
        var clean = new Trust(List.of(signer.root()), List.of(signer.revocationList(false)), true);
        var revoked = new Trust(List.of(signer.root()), List.of(signer.revocationList(true)), true);
        assertThat(outcome(verify(signed, clean).signatures().getFirst(), Check.REVOCATION))
                .isEqualTo(Outcome.HOLDS);
        var report = verify(signed, revoked);
        assertThat(outcome(report.signatures().getFirst(), Check.REVOCATION))
                .isEqualTo(Outcome.FAILS);
        assertThat(report.isTrusted()).isFalse();
        // another authority's list tells nothing
        var other =
                new Trust(
                        List.of(signer.root()),
                        List.of(TestSigner.make("EC", 0).revocationList(false)),
                        true);
        assertThat(outcome(verify(signed, other).signatures().getFirst(), Check.REVOCATION))
                .isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void timeStampIsNotTakenForASignature() throws Exception {
        var signed = sign(TestSigner.EC, ECDSA, SamplePdf.octets());
        var stamp = replace(signed, "/ETSI.CAdES.detached", "/ETSI.RFC3161\n      ");
        var report = verify(stamp, trust(TestSigner.EC));
        assertThat(outcome(report.signatures().getFirst(), Check.FORM)).isEqualTo(Outcome.UNKNOWN);
        assertThat(report.isTrusted()).isFalse();
    }

    @Test
    void textOfStrangersIsMadeSafeToPrint() throws Exception {
        var pdf =
                TestPdfs.onePage(
                        "/AcroForm << /Fields [5 0 R] >>",
                        "<< /Type /Annot /Subtype /Widget /FT /Sig /T <FEFF001B005B0032004A202E0076> /Rect [0 0 0 0] /P 3 0 R /V 6 0 R >>",
                        "<< /Type /Sig >>");
        var report = verify(pdf, trust(TestSigner.EC));
        assertThat(report.signatures().getFirst().field()).isEqualTo("?[2J?v");
    }

    private static Outcome outcome(SignatureReport signature, Check check) {
        return signature.findings().stream()
                .filter(finding -> finding.check() == check)
                .findFirst()
                .orElseThrow()
                .outcome();
    }

    private static PdfReport verifyIfReadable(byte[] octets) {
        try {
            return verify(octets, trust(TestSigner.EC));
        } catch (Refused e) {
            assertThat(e.kind()).isIn(FailureKind.PDF_DAMAGED, FailureKind.PDF_ENCRYPTED);
            return new PdfReport(octets.length, List.of());
        }
    }

    private static PdfReport verify(byte[] octets, Trust trust) throws Refused {
        return verify(octets, trust, NOW);
    }

    private static PdfReport verify(byte[] octets, Trust trust, Instant now) throws Refused {
        try (var source = PdfSource.parse(new RandomAccessReadBuffer(octets), 0)) {
            return PdfVerification.verify(source, trust, now);
        }
    }

    private static Trust trust(TestSigner signer) {
        return new Trust(List.of(signer.root()), List.of(), true);
    }

    private static SignatureScheme rsa() {
        return SignatureScheme.of(Scheme.RSA_PKCS1_SHA256);
    }

    private byte[] sign(TestSigner signer, SignatureScheme scheme, byte[] octets) throws Exception {
        var input = Files.write(folder.resolve("in.pdf"), octets);
        var output = folder.resolve("out.pdf");
        Files.deleteIfExists(output);
        var chain = List.of(signer.certificate());
        var prepared = PdfSigning.prepare(new SigningRequest(input, output, chain, scheme, NOW));
        prepared.complete(signer.sign(scheme, prepared.digestToSign()));
        return Files.readAllBytes(output);
    }

    private static byte[] replace(byte[] octets, String what, String with) {
        var text = latin1(octets);
        assertThat(text).contains(what);
        assertThat(with).hasSameSizeAs(what);
        return text.replace(what, with).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static COSArray hostile(String shape, COSArray honest) throws IOException {
        var range = new COSArray();
        for (var token : shape.split(" ", -1)) {
            range.add(
                    switch (token) {
                        case "g" -> honest.get(1);
                        case "h" -> honest.get(2);
                        case "n" -> honest.get(3);
                        case "null" -> COSNull.NULL;
                        case "(0)" -> new COSString("0");
                        case "[0]" -> COSArray.ofCOSIntegers(List.of(0));
                        default -> COSNumber.get(token);
                    });
        }
        return range;
    }

    private static String latin1(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
