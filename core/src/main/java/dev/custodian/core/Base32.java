package dev.custodian.core;

import dev.custodian.core.MalformedException.Reason;

/// Base32 (RFC 4648 §6) in lower case, without padding; one spelling for each value.
public final class Base32 {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Base32() {}

    public static String encode(Bytes octets) {
        var text = new StringBuilder((octets.size() * 8 + 4) / 5);
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < octets.size(); i++) {
            buffer = buffer << 8 | octets.at(i) & 0xff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt(buffer >> bits & 31));
            }
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt(buffer << (5 - bits) & 31));
        }
        return text.toString();
    }

    /// Reads exactly `size` octets; left-over bits must be zero.
    public static Bytes decode(String text, int size) throws MalformedException {
        if (text.length() != (size * 8 + 4) / 5) {
            throw new MalformedException(Reason.SIZE, "base32 of the wrong length");
        }
        var octets = new byte[size];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                throw new MalformedException(Reason.SYNTAX, "not base32");
            }
            buffer = buffer << 5 | value;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                octets[at++] = (byte) (buffer >> bits);
                buffer &= (1 << bits) - 1;
            }
        }
        if (buffer != 0) {
            throw new MalformedException(Reason.SPELLING, "base32 in a second spelling");
        }
        return Bytes.of(octets);
    }
}
