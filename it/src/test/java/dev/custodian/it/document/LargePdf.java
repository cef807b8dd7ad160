package dev.custodian.it.document;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Writes a PDF of any size without holding it: pages whose contents are noise that does not
/// compress.
public final class LargePdf implements AutoCloseable {
    private static final int MIB = 1024 * 1024;

    private final OutputStream out;
    private final List<Long> offsets = new ArrayList<>();
    private long position;

    private LargePdf(Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file), MIB);
    }

    /// One page for each MiB.
    public static void write(Path file, int pages) throws IOException {
        var noise = new byte[MIB];
        new Random(3).nextBytes(noise);
        try (var pdf = new LargePdf(file)) {
            pdf.text("%PDF-1.7\n");
            pdf.begin("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
            var kids = new StringBuilder();
            for (int page = 0; page < pages; page++) {
                kids.append(3 + 2 * page).append(" 0 R ");
            }
            pdf.begin("<< /Type /Pages /Count " + pages + " /Kids [" + kids + "] >>\nendobj\n");
            for (int page = 0; page < pages; page++) {
                pdf.begin(
                        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>\nendobj\n"
                                .formatted(4 + 2 * page));
                pdf.begin("<< /Length " + MIB + " >>\nstream\n");
                pdf.octets(noise);
                pdf.text("\nendstream\nendobj\n");
            }
        }
    }

    private void begin(String object) throws IOException {
        offsets.add(position);
        text(offsets.size() + " 0 obj\n" + object);
    }

    private void text(String ascii) throws IOException {
        octets(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private void octets(byte[] octets) throws IOException {
        out.write(octets);
        position += octets.length;
    }

    /// Ends the PDF with its cross-reference table.
    @Override
    public void close() throws IOException {
        try (out) {
            long table = position;
            text("xref\n0 " + (offsets.size() + 1) + "\n0000000000 65535 f \n");
            for (long offset : offsets) {
                text("%010d 00000 n \n".formatted(offset));
            }
            text("trailer\n<< /Size " + (offsets.size() + 1) + " /Root 1 0 R >>\n");
            text("startxref\n" + table + "\n%%EOF\n");
        }
    }
}
