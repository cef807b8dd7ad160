package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

class SamplePdfTest {
    @Test
    void sampleIsTheSameEveryTime() {
        assertThat(SamplePdf.octets()).isEqualTo(SamplePdf.octets());
    }

    @Test
    void sampleHasTwoPagesThatSayWhatTheyAre() throws Exception {
        try (var document = Loader.loadPDF(SamplePdf.octets())) {
            assertThat(document.getNumberOfPages()).isEqualTo(2);
            assertThat(new PDFTextStripper().getText(document))
                    .contains("A sample agreement", "only the digest travels", "page 2 of 2");
        }
    }
}
