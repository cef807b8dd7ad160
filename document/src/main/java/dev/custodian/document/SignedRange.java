package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSInteger;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSString;
import org.apache.pdfbox.io.RandomAccessRead;

/// What a signature covers: the file from its beginning to `end`, but for the gap that holds the
/// signature itself. Every other shape of ByteRange is refused, since each is a known way to show
/// one document and sign another.
///
/// @param gapStart position of the `<` before the signature
/// @param gapEnd position after the `>` behind it
/// @param end position after the last covered octet
/// @param contents the CMS signature with its padding
record SignedRange(long gapStart, long gapEnd, long end, Bytes contents) {
    private static final int MAX_CONTENTS = 1024 * 1024;
    private static final int CHUNK = 64 * 1024;

    static SignedRange read(COSDictionary signature, RandomAccessRead octets)
            throws Flaw, IOException {
        long[] range = byteRange(signature);
        long gapStart = range[1];
        long gapEnd = range[2];
        if (range[0] != 0) {
            throw new Flaw("It does not begin with the file's first octet.");
        }
        if (gapStart < 1 || gapEnd <= gapStart || range[3] < 1 || gapEnd > octets.length()) {
            throw new Flaw("Its ranges overlap or are empty.");
        }
        if (range[3] > octets.length() - gapEnd) {
            throw new Flaw("It covers more than there is.");
        }
        if (!(signature.getDictionaryObject(COSName.CONTENTS) instanceof COSString string)) {
            throw new Flaw("It has no contents.");
        }
        byte[] contents = string.getBytes();
        if (contents.length > MAX_CONTENTS || gapEnd - gapStart != 2L * contents.length + 2) {
            throw new Flaw("What it leaves out is not the signature alone.");
        }
        requireGap(octets, gapStart, contents);
        long end = gapEnd + range[3];
        if (end < octets.length()) {
            requireEndOfRevision(octets, end);
        }
        return new SignedRange(gapStart, gapEnd, end, Bytes.of(contents));
    }

    private static long[] byteRange(COSDictionary signature) throws Flaw {
        var array = signature.getCOSArray(COSName.BYTERANGE);
        if (array == null || array.size() != 4) {
            throw new Flaw("It does not say which octets it covers.");
        }
        var range = new long[4];
        for (int i = 0; i < range.length; i++) {
            if (!(array.get(i) instanceof COSInteger number)
                    || !number.isValid()
                    || number.longValue() < 0) {
                throw new Flaw("It does not say which octets it covers.");
            }
            range[i] = number.longValue();
        }
        return range;
    }

    /// The gap must hold these very contents: else another signature than the one that is read
    /// stands in the file.
    private static void requireGap(RandomAccessRead octets, long gapStart, byte[] contents)
            throws IOException, Flaw {
        var gap = new byte[2 * contents.length + 2];
        octets.seek(gapStart);
        octets.readFully(gap);
        var hex = PdfSource.latin1(gap);
        var expected = HexFormat.of().formatHex(contents);
        if (!hex.startsWith("<")
                || !hex.endsWith(">")
                || !hex.regionMatches(true, 1, expected, 0, expected.length())) {
            throw new Flaw("What it leaves out is not the signature alone.");
        }
    }

    private static void requireEndOfRevision(RandomAccessRead octets, long end)
            throws IOException, Flaw {
        var tail = new byte[(int) Math.min(end, 8)];
        octets.seek(end - tail.length);
        octets.readFully(tail);
        if (!PdfSource.latin1(tail).stripTrailing().endsWith("%%EOF")) {
            throw new Flaw("It ends in the middle of the file.");
        }
    }

    /// The digest of what is covered.
    byte[] digest(HashAlgorithm hash, RandomAccessRead octets) throws IOException {
        var digest = CmsSignature.newDigest(hash);
        var chunk = new byte[CHUNK];
        octets.seek(0);
        for (long at = 0; at < end; ) {
            if (at == gapStart) {
                at = gapEnd;
                octets.seek(at);
            }
            long limit = at < gapStart ? gapStart : end;
            int read = octets.read(chunk, 0, (int) Math.min(chunk.length, limit - at));
            if (read < 1) {
                throw new EOFException();
            }
            digest.update(chunk, 0, read);
            at += read;
        }
        return digest.digest();
    }
}
