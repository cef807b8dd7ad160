package dev.custodian.document;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.RandomAccessRead;
import org.apache.pdfbox.pdfparser.PDFParser;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.jspecify.annotations.Nullable;

/// A PDF opened for signing or verifying, read strictly: its cross-reference table is believed or
/// the file is refused, never reconstructed, since two programs that each repair a file may see two
/// different documents. What stands in front of the header is skipped; what stands behind the end
/// is kept, unless it looks like a piece of PDF.
final class PdfSource implements Closeable {
    /// How far readers look for the header and, from the end, for the last end-of-file marker.
    private static final int HEADER_RANGE = 1024;

    private static final int TRAILER_RANGE = 64 * 1024;
    private static final Pattern PIECE_OF_PDF =
            Pattern.compile("\\d\\s+obj\\b|\\bxref\\b|\\btrailer\\b");

    private final PDDocument document;
    private final RandomAccessRead octets;
    private final long skipped;

    private PdfSource(PDDocument document, RandomAccessRead octets, long skipped) {
        this.document = document;
        this.octets = octets;
        this.skipped = skipped;
    }

    static PdfSource open(Path file) throws Refused {
        FileOctets octets;
        long header;
        try {
            if (Files.isDirectory(file)) {
                throw new Refused(FailureKind.NOT_A_PDF, file + " is a folder.");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new Refused(FailureKind.NOT_A_PDF, file + " is not a regular file.");
            }
            header = headerOffset(file);
            octets = FileOctets.open(file, header);
        } catch (IOException _) {
            throw new Refused(FailureKind.FILE_UNREADABLE, file.toString());
        }
        return parse(octets, header);
    }

    private static long headerOffset(Path file) throws IOException, Refused {
        byte[] head;
        try (var in = Files.newInputStream(file)) {
            head = in.readNBytes(HEADER_RANGE);
        }
        if (head.length == 0) {
            throw new Refused(FailureKind.PDF_EMPTY, file.toString());
        }
        int at = latin1(head).indexOf("%PDF-");
        if (at < 0) {
            throw new Refused(FailureKind.NOT_A_PDF, file + " has no PDF header.");
        }
        return at;
    }

    /// Opens what begins at position 0 of `octets`, and closes `octets` when it refuses.
    static PdfSource parse(RandomAccessRead octets, long skipped) throws Refused {
        StrictParser parser = null;
        PDDocument document = null;
        try {
            requireCleanEnd(octets);
            parser = new StrictParser(octets);
            document = parser.parse(false);
            if (parser.sawEncryption() || document.isEncrypted()) {
                throw new Refused(FailureKind.PDF_ENCRYPTED);
            }
            requireTrueOffsets(document, octets);
            if (document.getPages().getCount() < 1) {
                throw new Refused(FailureKind.PDF_DAMAGED, "It has no pages.");
            }
            return new PdfSource(document, octets, skipped);
        } catch (Refused e) {
            close(document, octets);
            throw e;
        } catch (IOException | RuntimeException | VirtualMachineError _) {
            // hostile files make PDFBox fail in every way, deep nesting and false sizes included
            close(document, octets);
            throw new Refused(
                    parser != null && parser.sawEncryption()
                            ? FailureKind.PDF_ENCRYPTED
                            : FailureKind.PDF_DAMAGED);
        }
    }

    private static void requireCleanEnd(RandomAccessRead octets) throws IOException, Refused {
        int range = (int) Math.min(octets.length(), TRAILER_RANGE);
        var tail = new byte[range];
        octets.seek(octets.length() - range);
        octets.readFully(tail);
        octets.seek(0);
        var text = latin1(tail);
        int end = text.lastIndexOf("%%EOF");
        if (end < 0) {
            throw new Refused(
                    FailureKind.PDF_DAMAGED,
                    "Its end is missing: it was cut off, or more follows it.");
        }
        if (PIECE_OF_PDF.matcher(text).region(end, text.length()).find()) {
            throw new Refused(FailureKind.PDF_DAMAGED, "Its last change was cut off.");
        }
    }

    /// Each entry of the cross-reference table must lead to its object.
    private static void requireTrueOffsets(PDDocument document, RandomAccessRead octets)
            throws IOException, Refused {
        var start = new byte[64];
        for (var entry : document.getDocument().getXrefTable().entrySet()) {
            long offset = entry.getValue();
            if (offset <= 0) {
                continue; // in an object stream, or free
            }
            octets.seek(offset);
            int read = Math.max(octets.read(start, 0, start.length), 0);
            var expected =
                    entry.getKey().getNumber() + " " + entry.getKey().getGeneration() + " obj";
            var found = latin1(start).substring(0, read).strip().replaceAll("\\s+", " ");
            if (!found.startsWith(expected)) {
                throw new Refused(
                        FailureKind.PDF_DAMAGED,
                        "Its cross-reference table does not lead to its objects.");
            }
        }
        octets.seek(0);
    }

    PDDocument document() {
        return document;
    }

    RandomAccessRead octets() {
        return octets;
    }

    /// Octets in front of the header, which are no part of the PDF.
    long skipped() {
        return skipped;
    }

    @Override
    public void close() {
        close(document, octets);
    }

    private static void close(@Nullable PDDocument document, RandomAccessRead octets) {
        try (octets;
                var _ = document) {
            // both are only read: nothing is lost when closing fails
        } catch (IOException _) {
            return;
        }
    }

    static String latin1(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /// PDFBox's parser without its repairs. It notes encryption even when it cannot go on because
    /// of it.
    private static final class StrictParser extends PDFParser {
        private boolean encryption;

        StrictParser(RandomAccessRead octets) throws IOException {
            super(octets);
            setEOFLookupRange(TRAILER_RANGE);
        }

        @Override
        protected void prepareDecryption() throws IOException {
            encryption |= document.getTrailer().getItem(COSName.ENCRYPT) != null;
            super.prepareDecryption();
        }

        boolean sawEncryption() {
            return encryption;
        }
    }
}
