package dev.custodian.document;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A two-page document for trying things out. The same octets every time.
public final class SamplePdf {
    private static final List<String> FIRST_PAGE =
            List.of(
                    "This document was made so that you can sign something without looking for a file.",
                    "It is an agreement between you and a key that you cannot touch.",
                    "",
                    "1.  The key stays on the server. It was made there, sealed to its owner, and the",
                    "     server alone cannot open it.",
                    "",
                    "2.  The document stays here. Your computer hashes it, and only the digest travels:",
                    "     32 octets that tell nobody what you sign.",
                    "",
                    "3.  You approve this very digest, with your device and your PIN. An approval for one",
                    "     document cannot be turned into a signature on another.",
                    "",
                    "4.  Every approval, every use of the key and every outcome is written to a journal",
                    "     that can be added to, but not rewritten, before the signature leaves the server.");
    private static final List<String> SECOND_PAGE =
            List.of(
                    "Open the signed file in a program that checks signatures. It should say that the",
                    "document has not been changed since it was signed.",
                    "",
                    "It will also say that it does not know who signed. That is right: the certificate",
                    "comes from a TEST authority, made a moment ago on this computer, which is in",
                    "nobody's list of trusted roots. Give the program the root that was written beside",
                    "the signed file, and it can follow the certificate to it.",
                    "",
                    "Then change one octet of the file and look again.");

    private SamplePdf() {}

    /// The document, two pages of A4.
    public static byte[] octets() {
        var octets = new ByteArrayOutputStream();
        try {
            var pdf = new PlainPdf(octets);
            pdf.object("<< /Type /Catalog /Pages 2 0 R /Lang (en) >>");
            pdf.object("<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>");
            pdf.object(page(5));
            pdf.object(page(6));
            pdf.stream("", content("A sample agreement", FIRST_PAGE, 1));
            pdf.stream("", content("How to look at the signature", SECOND_PAGE, 2));
            pdf.object(font("Helvetica"));
            pdf.object(font("Helvetica-Bold"));
            pdf.object("<< /Title (A sample agreement) /Producer (Custodian) >>");
            pdf.end("/Info 9 0 R");
        } catch (IOException e) {
            throw new AssertionError("writing into memory", e);
        }
        return octets.toByteArray();
    }

    private static String page(int content) {
        return "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
                        .formatted(content)
                + " /Resources << /Font << /F1 7 0 R /F2 8 0 R >> >> >>";
    }

    private static String font(String name) {
        return "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
                .formatted(name);
    }

    private static byte[] content(String title, List<String> lines, int page) {
        var text = new StringBuilder();
        text.append("0.16 0.29 0.45 rg 0 792 595 50 re f\n"); // a band across the top
        text.append("BT 1 1 1 rg /F2 13 Tf 72 811 Td (Custodian) Tj ET\n");
        text.append("BT 0.16 0.29 0.45 rg /F2 24 Tf 72 716 Td (%s) Tj ET\n".formatted(title));
        text.append("BT 0.1 0.1 0.1 rg /F1 11 Tf 17 TL 72 674 Td\n");
        for (var line : lines) {
            text.append("(%s) Tj T*\n".formatted(line.replace("(", "\\(").replace(")", "\\)")));
        }
        text.append("ET\n0.7 0.7 0.7 RG 0.5 w 72 64 m 523 64 l S\n");
        text.append(
                "BT 0.4 0.4 0.4 rg /F1 9 Tf 72 48 Td (SAMPLE, without any legal effect) Tj ET\n");
        text.append("BT 0.4 0.4 0.4 rg /F1 9 Tf 480 48 Td (page %d of 2) Tj ET\n".formatted(page));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
