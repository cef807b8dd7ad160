package dev.custodian.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// PDFs of shapes that people have.
final class Pdfs {
    private Pdfs() {}

    /// One page with a signature field that waits, as a form's author puts it there.
    static Path withWaitingField(Path file) throws IOException {
        return Files.write(
                file,
                of(
                        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 1 >> >>",
                        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
                        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /F 4 /P 3 0 R"
                                + " /Rect [72 72 272 122] >>"));
    }

    /// The same file with octets in front and behind.
    static Path withJunk(Path pdf, Path file) throws IOException {
        var octets = new ByteArrayOutputStream();
        octets.write("MIME-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        octets.write(Files.readAllBytes(pdf));
        octets.write("\r\n--boundary--\r\n".getBytes(StandardCharsets.US_ASCII));
        return Files.write(file, octets.toByteArray());
    }

    private static byte[] of(String... objects) {
        var pdf = new StringBuilder("%PDF-1.7\n");
        var table = new StringBuilder();
        for (int i = 0; i < objects.length; i++) {
            table.append("%010d 00000 n \n".formatted(pdf.length()));
            pdf.append(i + 1).append(" 0 obj\n").append(objects[i]).append("\nendobj\n");
        }
        int at = pdf.length();
        int count = objects.length + 1;
        pdf.append("xref\n0 " + count + "\n0000000000 65535 f \n").append(table);
        pdf.append("trailer\n<< /Size " + count + " /Root 1 0 R >>\n");
        pdf.append("startxref\n" + at + "\n%%EOF\n");
        return pdf.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
