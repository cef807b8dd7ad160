package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.pdfbox.Loader;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PdfSigningTest {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);

    @TempDir Path folder;
    private Path input = Path.of("");
    private Path output = Path.of("");

    @BeforeEach
    void writeSample() throws Exception {
        input = Files.write(folder.resolve("in.pdf"), SamplePdf.octets());
        output = folder.resolve("out.pdf");
    }

    @Test
    void whatNeedsNoCertificateIsRefusedWithoutOne() throws Exception {
        PdfSigning.requireSignable(input, output);

        var nowhere = folder.resolve("nowhere").resolve("out.pdf");
        assertRefused(
                FailureKind.OUTPUT_UNWRITABLE, () -> PdfSigning.requireSignable(input, nowhere));
        assertRefused(FailureKind.OUTPUT_IS_INPUT, () -> PdfSigning.requireSignable(input, input));
        Files.writeString(input, "no PDF");
        assertRefused(FailureKind.NOT_A_PDF, () -> PdfSigning.requireSignable(input, output));
    }

    /// Bouncy Castle's CMS verifier shares no code with our encoder.
    @ParameterizedTest
    @EnumSource(Scheme.class)
    void everySchemeYieldsSignatureThatAnotherVerifierAccepts(Scheme name) throws Exception {
        var scheme = SignatureScheme.of(name);
        var signer = name.family() == KeyAlgorithm.Family.RSA ? TestSigner.RSA : TestSigner.EC;
        sign(signer, scheme);

        var octets = Files.readAllBytes(output);
        try (var document = Loader.loadPDF(output.toFile())) {
            var signature = document.getSignatureDictionaries().getFirst();
            assertThat(signature.getSubFilter()).isEqualTo("ETSI.CAdES.detached");
            assertThat(signature.getSignDate().toInstant()).isEqualTo(TestSigner.NOW);
            var content = new CMSProcessableByteArray(signature.getSignedContent(octets));
            var cms = new CMSSignedData(content, signature.getContents(octets));
            var info = cms.getSignerInfos().getSigners().iterator().next();
            var verifier =
                    new JcaSimpleSignerInfoVerifierBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(signer.certificate());
            assertThat(info.verify(verifier)).isTrue();
            var attributes = info.getSignedAttributes();
            assertThat(attributes.size()).isEqualTo(3);
            assertThat(attributes.get(CMSAttributes.signingTime)).isNull();
            assertThat(attributes.get(PKCSObjectIdentifiers.id_aa_signingCertificateV2))
                    .isNotNull();
        }
    }

    @Test
    void inputIsKeptAsTheBeginningOfTheOutput() throws Exception {
        sign(TestSigner.EC, ECDSA);
        var before = Files.readAllBytes(input);
        var after = Files.readAllBytes(output);
        assertThat(Arrays.copyOf(after, before.length)).isEqualTo(before);
    }

    @Test
    void inputDigestIsWhatHashProgramsPrint() throws Exception {
        var prepared = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        var hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(input));
        assertThat(prepared.inputDigest()).isEqualTo(Bytes.of(hash));
        assertThat(prepared.field()).isEqualTo(new Prepared.Field("Signature1", false));
        assertThat(prepared.skipped()).isZero();
    }

    @Test
    void sameRequestYieldsSameDigest() throws Exception {
        var first = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        var second = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        assertThat(first.digestToSign()).isEqualTo(second.digestToSign());
    }

    @Test
    void signatureByAnotherKeyIsRefusedAndNothingIsWritten() throws Exception {
        var prepared = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        var other = TestSigner.make("EC", 0).sign(ECDSA, prepared.digestToSign());
        assertRefused(FailureKind.SIGNATURE_WRONG, () -> prepared.complete(other));
    }

    @Test
    void schemeOfAnotherKindOfKeyIsRefused() {
        assertRefused(
                FailureKind.SCHEME_REFUSED,
                () -> PdfSigning.prepare(request(TestSigner.RSA, ECDSA)));
    }

    @Test
    void inputThatChangesWhileItWaitsIsRefused() throws Exception {
        var prepared = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        var octets = Files.readAllBytes(input);
        octets[octets.length / 2] ^= 1;
        Files.write(input, octets);
        assertRefused(
                FailureKind.FILE_UNREADABLE,
                () -> prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign())));
    }

    @Test
    void inputThatShrinksWhileItWaitsIsRefused() throws Exception {
        var prepared = PdfSigning.prepare(request(TestSigner.EC, ECDSA));
        Files.write(input, Arrays.copyOf(Files.readAllBytes(input), 100));
        assertRefused(
                FailureKind.FILE_UNREADABLE,
                () -> prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign())));
    }

    private void assertRefused(FailureKind kind, Action action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.kind()).isEqualTo(kind));
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(input));
    }

    private interface Action {
        void run() throws Refused;
    }

    private void sign(TestSigner signer, SignatureScheme scheme) throws Refused {
        var prepared = PdfSigning.prepare(request(signer, scheme));
        prepared.complete(signer.sign(scheme, prepared.digestToSign()));
    }

    private SigningRequest request(TestSigner signer, SignatureScheme scheme) {
        return new SigningRequest(input, output, signer.chain(), scheme, TestSigner.NOW);
    }
}
