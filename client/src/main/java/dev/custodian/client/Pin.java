package dev.custodian.client;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/// A typed PIN as the octets that are hashed: NFKC, then UTF-8 (FORMATS §2).
public final class Pin {
    private Pin() {}

    /// The octets of `typed`, which the caller wipes.
    ///
    /// A PIN of ASCII characters is never a `String`. Of another one, only the pieces that
    /// normalising may change are, for a moment: the JDK normalises nothing else.
    public static Secret of(char[] typed) throws Refused {
        // NFKC makes at most 18 characters of one, and UTF-8 at most 3 octets of each.
        var octets = ByteBuffer.allocate(typed.length * 18 * 3);
        try {
            for (int at = 0; at < typed.length; ) {
                int end = endOfPiece(typed, at);
                put(piece(typed, at, end), octets);
                at = end;
            }
            if (octets.position() < 1 || octets.position() > Factors.LONGEST_PIN) {
                throw new Refused(
                        FailureKind.USAGE,
                        "A PIN is 1 to " + Factors.LONGEST_PIN + " octets long in UTF-8.");
            }
            return Secret.copyOf(octets.array(), 0, octets.position());
        } catch (CharacterCodingException e) {
            throw new Refused(FailureKind.USAGE, "The PIN holds half a character.");
        } finally {
            Arrays.fill(octets.array(), (byte) 0);
        }
    }

    /// A piece begins with an ASCII character, which never changes nor joins what stands before it
    /// (UAX #15 §9.1).
    private static int endOfPiece(char[] typed, int from) {
        int end = from + 1;
        while (end < typed.length && typed[end] >= 0x80) {
            end++;
        }
        return end;
    }

    private static CharBuffer piece(char[] typed, int from, int end) {
        var piece = CharBuffer.wrap(typed, from, end - from);
        return end - from == 1 && typed[from] < 0x80
                ? piece
                : CharBuffer.wrap(Normalizer.normalize(piece, Normalizer.Form.NFKC).toCharArray());
    }

    private static void put(CharBuffer piece, ByteBuffer octets) throws CharacterCodingException {
        var encoder = StandardCharsets.UTF_8.newEncoder();
        var result = encoder.encode(piece, octets, true);
        if (result.isError()) {
            result.throwException();
        }
    }
}
