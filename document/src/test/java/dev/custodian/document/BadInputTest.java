package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people bring: refused with its own kind and no output, or signed rightly.
@ExtendWith(QuietPdfBox.class)
class BadInputTest {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final byte[] SAMPLE = SamplePdf.octets();
    private static final Trust TRUST = new Trust(List.of(TestSigner.EC.root()), List.of(), true);

    @TempDir Path folder;

    @Test
    void fileThatIsNoPdfIsRefused() throws Exception {
        assertRefused(FailureKind.NOT_A_PDF, TestPdfs.ascii("Dear all,\n"));
    }

    @Test
    void headerBeyondWhatReadersSearchIsNoPdf() throws Exception {
        assertRefused(FailureKind.NOT_A_PDF, TestPdfs.concat(new byte[1024], SAMPLE));
    }

    @Test
    void emptyFileIsRefused() throws Exception {
        assertRefused(FailureKind.PDF_EMPTY, new byte[0]);
    }

    @Test
    void missingFileAndFolderAreRefused() {
        assertRefused(FailureKind.FILE_UNREADABLE, folder.resolve("missing.pdf"), output());
        assertRefused(FailureKind.NOT_A_PDF, folder, output());
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        var input = folder.resolve("in.pdf");
        int header = 8;
        for (int length = header; length < SAMPLE.length - 1; length++) {
            Files.write(input, Arrays.copyOf(SAMPLE, length));
            assertRefused(FailureKind.PDF_DAMAGED, input, output());
        }
    }

    /// A file cut off in its last revision still holds an earlier one whole, which must not be
    /// taken for it.
    @Test
    void everyTruncationOfALaterRevisionIsRefused() throws Exception {
        var signed = Files.readAllBytes(sign(SAMPLE));
        var input = folder.resolve("cut.pdf");
        int firstObject = SAMPLE.length + "\r\n10 0 obj".length();
        for (int length = firstObject; length < signed.length - 1; length += 7) {
            Files.write(input, Arrays.copyOf(signed, length));
            assertRefused(FailureKind.PDF_DAMAGED, input, folder.resolve("other.pdf"));
        }
    }

    @Test
    void tableThatDoesNotLeadToItsObjectsIsRefused() throws Exception {
        var text = new String(SAMPLE, StandardCharsets.ISO_8859_1);
        var moved =
                text.replaceFirst(
                        "0{10} 65535 f \n00000000(\\d\\d)", "0000000000 65535 f \n00000001$1");
        assertThat(moved).isNotEqualTo(text);
        assertRefused(FailureKind.PDF_DAMAGED, moved.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void pdfWithoutPagesIsRefused() throws Exception {
        var text = new String(SAMPLE, StandardCharsets.ISO_8859_1);
        var none = text.replace("/Kids [3 0 R 4 0 R] /Count 2", "/Kids [           ] /Count 0");
        assertRefused(FailureKind.PDF_DAMAGED, none.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user"})
    void encryptedPdfIsRefused(String userPassword) throws Exception {
        assertRefused(FailureKind.PDF_ENCRYPTED, TestPdfs.encrypted(userPassword));
    }

    @Test
    void pdfEncryptedInAnUnknownWayIsRefusedAsEncrypted() throws Exception {
        var text = new String(SAMPLE, StandardCharsets.ISO_8859_1);
        var unknown = text.replace("/Info 9 0 R", "/Encrypt << /Filter /Strange /V 9 >>");
        assertRefused(FailureKind.PDF_ENCRYPTED, unknown.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void pdfCertifiedAgainstAllChangesIsRefused() throws Exception {
        assertRefused(FailureKind.PDF_CERTIFIED, TestPdfs.certified(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void pdfCertifiedForFillingInIsSigned(int permission) throws Exception {
        sign(TestPdfs.certified(permission));
    }

    @Test
    void signatureThatLocksEverythingIsKept() throws Exception {
        var locked =
                TestPdfs.onePage(
                        "/AcroForm << /Fields [5 0 R] >>",
                        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /Rect [0 0 0 0] /P 3 0 R"
                                + " /Lock << /Type /SigFieldLock /Action /All /P 1 >> /V 6 0 R >>",
                        "<< /Type /Sig /Contents <00> /ByteRange [0 1 2 3] >>");
        assertRefused(FailureKind.PDF_CERTIFIED, locked);
    }

    @Test
    void junkAfterThePdfIsKeptAndCovered() throws Exception {
        var junk = TestPdfs.concat(SAMPLE, TestPdfs.ascii("\0\1 thank you\n"), new byte[3000]);
        assertSignsRight(junk);
        assertThat(Files.readAllBytes(output())).startsWith(junk);
    }

    @Test
    void junkBeforeThePdfIsLeftOut() throws Exception {
        assertSignsRight(TestPdfs.concat(TestPdfs.ascii("HTTP/1.1 200 OK\r\n\r\n"), SAMPLE));
        assertThat(Files.readAllBytes(output())).startsWith(SAMPLE);
    }

    @Test
    void junkBeforeThePdfWithOffsetsThatCountItIsRefused() throws Exception {
        var junk = TestPdfs.ascii("0123456789");
        var text = new String(SAMPLE, StandardCharsets.ISO_8859_1);
        var start = text.lastIndexOf("startxref\n") + "startxref\n".length();
        var end = text.indexOf('\n', start);
        var table = Integer.parseInt(text.substring(start, end)) + junk.length;
        var counted = text.substring(0, start) + table + text.substring(end);
        assertRefused(
                FailureKind.PDF_DAMAGED,
                TestPdfs.concat(junk, counted.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void junkBeforeASignedPdfIsRefused() throws Exception {
        var signed = Files.readAllBytes(sign(SAMPLE));
        var input = folder.resolve("junk.pdf");
        Files.write(input, TestPdfs.concat(TestPdfs.ascii("x\n"), signed));
        assertRefused(FailureKind.PDF_DAMAGED, input, folder.resolve("other.pdf"));
    }

    @Test
    void crossReferenceAndObjectStreamsAreSigned() throws Exception {
        var input = TestPdfs.withObjectStreams();
        assertThat(new String(input, StandardCharsets.ISO_8859_1)).contains("/ObjStm", "/XRef");
        assertSignsRight(input);
    }

    @Test
    void waitingFieldIsUsedAndKeepsItsPlace() throws Exception {
        var prepared = prepare(TestPdfs.withWaitingField(""));
        assertThat(prepared.field()).isEqualTo(new Prepared.Field("Approval", true));
        prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign()));
        assertTrusted(output());
        try (var document = Loader.loadPDF(output().toFile())) {
            var fields = document.getSignatureFields();
            assertThat(fields).hasSize(1);
            var place = fields.getFirst().getWidgets().getFirst().getRectangle();
            assertThat(place.getWidth()).isEqualTo(100);
            assertThat(place.getLowerLeftX()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/SV << /Ff 2 >>", "/Lock << /Action /All >>"})
    void waitingFieldThatAsksForMoreIsLeftToOthers(String entries) throws Exception {
        var prepared = prepare(TestPdfs.withWaitingField(entries));
        assertThat(prepared.field().waiting()).isFalse();
        assertThat(prepared.field().name()).isNotEqualTo("Approval");
    }

    @Test
    void firstSignatureStaysValidUnderASecond() throws Exception {
        var once = sign(SAMPLE);
        var twice = folder.resolve("twice.pdf");
        var prepared =
                PdfSigning.prepare(
                        new SigningRequest(
                                once, twice, TestSigner.EC.chain(), ECDSA, TestSigner.NOW));
        assertThat(prepared.field().name()).isEqualTo("Signature2");
        prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign()));

        var report = PdfVerification.verify(twice, TRUST, TestSigner.NOW);
        assertThat(report.isTrusted()).isTrue();
        assertThat(report.signatures()).hasSize(2).allMatch(SignatureReport::isIntact);
        assertThat(report.signatures().getFirst().coveredOctets()).isEqualTo(Files.size(once));
        assertThat(report.signatures().getFirst().coversWholeFile()).isFalse();
        assertThat(report.signatures().getLast().coversWholeFile()).isTrue();
    }

    @Test
    void linkToThePdfIsFollowed() throws Exception {
        var real = Files.write(folder.resolve("real.pdf"), SAMPLE);
        var link = Files.createSymbolicLink(folder.resolve("link.pdf"), real);
        var prepared = PdfSigning.prepare(request(link, output()));
        prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign()));
        assertTrusted(output());
    }

    @Test
    void existingOutputIsNeverReplaced() throws Exception {
        var input = Files.write(folder.resolve("in.pdf"), SAMPLE);
        var taken = Files.writeString(folder.resolve("taken.pdf"), "mine");
        var dangling = Files.createSymbolicLink(folder.resolve("d.pdf"), folder.resolve("none"));
        assertKind(FailureKind.OUTPUT_EXISTS, input, taken);
        assertKind(FailureKind.OUTPUT_EXISTS, input, dangling);
        assertThat(taken).hasContent("mine");
    }

    @Test
    void outputThatAppearsWhileItWaitsIsNotReplaced() throws Exception {
        var prepared = prepare(SAMPLE);
        Files.writeString(output(), "mine");
        var signature = TestSigner.EC.sign(ECDSA, prepared.digestToSign());
        assertThatThrownBy(() -> prepared.complete(signature))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.OUTPUT_EXISTS));
        assertThat(output()).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void outputThatIsTheInputIsRefused() throws Exception {
        var input = Files.write(folder.resolve("in.pdf"), SAMPLE);
        var link = Files.createSymbolicLink(folder.resolve("link.pdf"), input);
        assertKind(FailureKind.OUTPUT_IS_INPUT, input, input);
        assertKind(FailureKind.OUTPUT_IS_INPUT, input, link);
        assertThat(input).hasBinaryContent(SAMPLE);
    }

    @Test
    void missingFolderAndFileInPlaceOfAFolderAreRefused() throws Exception {
        var input = Files.write(folder.resolve("in.pdf"), SAMPLE);
        assertKind(FailureKind.OUTPUT_UNWRITABLE, input, folder.resolve("no/out.pdf"));
        assertKind(FailureKind.OUTPUT_UNWRITABLE, input, input.resolve("out.pdf"));
    }

    private void assertSignsRight(byte[] octets) throws Exception {
        sign(octets);
        assertTrusted(output());
    }

    private static void assertTrusted(Path signed) throws Refused {
        var report = PdfVerification.verify(signed, TRUST, TestSigner.NOW);
        assertThat(report.isTrusted()).as(report.text()).isTrue();
        assertThat(report.signatures().getLast().coversWholeFile()).isTrue();
    }

    private Path sign(byte[] octets) throws Exception {
        var prepared = prepare(octets);
        return prepared.complete(TestSigner.EC.sign(ECDSA, prepared.digestToSign()));
    }

    private Prepared prepare(byte[] octets) throws Exception {
        return PdfSigning.prepare(request(Files.write(folder.resolve("in.pdf"), octets), output()));
    }

    private void assertRefused(FailureKind kind, byte[] octets) throws Exception {
        assertRefused(kind, Files.write(folder.resolve("in.pdf"), octets), output());
    }

    private void assertRefused(FailureKind kind, Path input, Path output) {
        assertKind(kind, input, output);
        assertThat(output).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    private static void assertKind(FailureKind kind, Path input, Path output) {
        assertThatThrownBy(() -> PdfSigning.prepare(request(input, output)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static SigningRequest request(Path input, Path output) {
        return new SigningRequest(input, output, TestSigner.EC.chain(), ECDSA, TestSigner.NOW);
    }

    private Path output() {
        return folder.resolve("out.pdf");
    }
}
