package dev.custodian.document;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes a PDF as the text that it is, object by object, with a cross-reference table of the true
/// offsets. Equal calls give equal octets, and nothing is kept in memory but the offsets.
final class PlainPdf {
    private final OutputStream out;
    private final List<Long> offsets = new ArrayList<>();
    private long position;

    PlainPdf(OutputStream out) throws IOException {
        this.out = new BufferedOutputStream(out, 64 * 1024);
        // the second line tells transport programs that the file is binary (ISO 32000-2 §7.5.2)
        write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
    }

    /// Writes the next object, numbered from 1 in the order of the calls.
    void object(String body) throws IOException {
        begin();
        write(body + "\nendobj\n");
    }

    void stream(String dictionaryEntries, byte[] content) throws IOException {
        begin();
        write("<< " + dictionaryEntries + " /Length " + content.length + " >>\nstream\n");
        out.write(content);
        position += content.length;
        write("\nendstream\nendobj\n");
    }

    /// Writes cross-reference table and trailer. Object 1 is the catalog.
    void end(String trailerEntries) throws IOException {
        long table = position;
        var text = new StringBuilder("xref\n0 " + (offsets.size() + 1) + "\n0000000000 65535 f \n");
        for (long offset : offsets) {
            text.append("%010d 00000 n \n".formatted(offset));
        }
        text.append("trailer\n<< /Size ").append(offsets.size() + 1).append(" /Root 1 0 R ");
        text.append(trailerEntries).append(" >>\nstartxref\n").append(table).append("\n%%EOF\n");
        write(text.toString());
        out.flush();
    }

    private void begin() throws IOException {
        offsets.add(position);
        write(offsets.size() + " 0 obj\n");
    }

    private void write(String latin1) throws IOException {
        byte[] octets = latin1.getBytes(StandardCharsets.ISO_8859_1);
        out.write(octets);
        position += octets.length;
    }
}
