package dev.custodian.document;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.util.List;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whatever the octets: a report or a refusal.
@ExtendWith(QuietPdfBox.class)
class PdfVerificationFuzzTest {
    private static final Trust TRUST = new Trust(List.of(TestSigner.EC.root()), List.of(), true);

    @FuzzTest(maxDuration = "60s")
    void anyOctetsYieldReportOrRefusal(byte[] octets) {
        try (var source = PdfSource.parse(new RandomAccessReadBuffer(octets), 0)) {
            var report = PdfVerification.verify(source, TRUST, TestSigner.NOW);
            if (report.isTrusted()) {
                throw new AssertionError("nobody has this root's key");
            }
        } catch (Refused _) {
            return;
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyContentsYieldPartsOrFlaw(byte[] octets) {
        try {
            CmsReader.read(Bytes.of(octets));
        } catch (Flaw _) {
            return;
        }
    }
}
