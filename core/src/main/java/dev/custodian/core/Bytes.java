package dev.custodian.core;

import dev.custodian.core.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/// Immutable octets, compared by value and ordered as unsigned numbers.
///
/// Not for secrets: a secret needs a type that can be wiped, see [Secret].
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /// Copies `octets`.
    public static Bytes of(byte... octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// `u32`, big-endian (FORMATS §0).
    public static Bytes u32(int value) {
        return new Bytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    /// `u64`, big-endian (FORMATS §0).
    public static Bytes u64(long value) {
        return new Bytes(ByteBuffer.allocate(8).putLong(value).array());
    }

    /// Decodes base64url without padding (RFC 4648 §5) and refuses every second spelling of the
    /// same octets.
    public static Bytes fromBase64Url(String text) throws MalformedException {
        byte[] octets;
        try {
            octets = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(Reason.SYNTAX, "not base64url");
        }
        var bytes = new Bytes(octets);
        if (!bytes.base64Url().equals(text)) {
            throw new MalformedException(Reason.SPELLING, "base64url in a second spelling");
        }
        return bytes;
    }

    /// Decodes lower-case hexadecimal; an unchecked error otherwise, since only our own text is
    /// read so.
    public static Bytes fromHex(String text) {
        return new Bytes(HexFormat.of().parseHex(text));
    }

    /// The plain concatenation, written `a | b` in FORMATS.
    public static Bytes concat(Bytes... parts) {
        int size = 0;
        for (var part : parts) {
            size = Math.addExact(size, part.size());
        }
        var all = ByteBuffer.allocate(size);
        for (var part : parts) {
            all.put(part.octets);
        }
        return new Bytes(all.array());
    }

    /// The concatenation with each part preceded by its length as `u32`, written `a ‖ b` in
    /// FORMATS.
    public static Bytes join(Bytes... parts) {
        int size = 0;
        for (var part : parts) {
            size = Math.addExact(size, Math.addExact(4, part.size()));
        }
        var all = ByteBuffer.allocate(size);
        for (var part : parts) {
            all.putInt(part.size()).put(part.octets);
        }
        return new Bytes(all.array());
    }

    public byte[] toArray() {
        return octets.clone();
    }

    public int size() {
        return octets.length;
    }

    public byte at(int index) {
        return octets[index];
    }

    /// The octets from `from` (inclusive) to `to` (exclusive).
    public Bytes slice(int from, int to) {
        if (from < 0 || to > octets.length || from > to) {
            throw new IndexOutOfBoundsException(from + ".." + to + " of " + octets.length);
        }
        return new Bytes(Arrays.copyOfRange(octets, from, to));
    }

    public String base64Url() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    /// Standard base64 with padding (RFC 4648 §4), as the CSC API writes it.
    public String base64() {
        return Base64.getEncoder().encodeToString(octets);
    }

    public String hex() {
        return HexFormat.of().formatHex(octets);
    }

    /// The text that these octets are in UTF-8; malformed sequences are refused, never replaced.
    public String utf8() throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(Reason.SYNTAX, "not UTF-8");
        }
    }

    /// Equality in a time that does not depend on where two values of one size differ.
    public boolean equalsConstantTime(Bytes other) {
        return MessageDigest.isEqual(octets, other.octets);
    }

    byte[] shared() {
        return octets;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes b && Arrays.equals(octets, b.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return octets.length <= 32
                ? hex()
                : slice(0, 16).hex() + "… (" + octets.length + " octets)";
    }
}
