package dev.custodian.core.evidence;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import java.security.SecureRandom;
import java.util.Arrays;

/// A recovery code (FORMATS §4): 130 random bits as 26 characters of lower-case base32, which are
/// the secret's octets. People keep and type it in groups of four.
public final class RecoveryCode {
    /// Octets of a code.
    public static final int SIZE = 26;

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int GROUP = 4;

    private RecoveryCode() {}

    /// Makes a code.
    public static Secret make(SecureRandom random) {
        var octets = new byte[SIZE];
        random.nextBytes(octets);
        for (int i = 0; i < SIZE; i++) {
            octets[i] = (byte) ALPHABET.charAt(octets[i] & 31);
        }
        return Secret.owning(octets);
    }

    /// The code in groups, for a person; the caller wipes it.
    public static char[] text(Secret code) {
        var octets = code.expose();
        var text = new char[SIZE + (SIZE - 1) / GROUP];
        for (int i = 0, at = 0; i < SIZE; i++) {
            if (i > 0 && i % GROUP == 0) {
                text[at++] = '-';
            }
            text[at++] = (char) octets[i];
        }
        return text;
    }

    /// Reads what a person typed and wipes it: groups, spaces and capitals mean nothing, and 0, 1
    /// and 8, which base32 has not, are the letters that look like them.
    public static Secret of(char[] typed) throws MalformedException {
        var octets = new byte[SIZE];
        int size = 0;
        try {
            for (char c : typed) {
                if (c == '-' || c == ' ') {
                    continue;
                }
                int letter = ALPHABET.indexOf(meant(c));
                if (letter < 0 || size == SIZE) {
                    throw wrong();
                }
                octets[size++] = (byte) ALPHABET.charAt(letter);
            }
            if (size < SIZE) {
                throw wrong();
            }
            return Secret.copyOf(octets, 0, SIZE);
        } finally {
            Arrays.fill(typed, '\0');
            Arrays.fill(octets, (byte) 0);
        }
    }

    /// Whether these octets can be a code.
    public static boolean isCode(Secret octets) {
        if (octets.size() != SIZE) {
            return false;
        }
        for (byte octet : octets.expose()) {
            if (ALPHABET.indexOf(octet) < 0) {
                return false;
            }
        }
        return true;
    }

    private static char meant(char c) {
        return switch (c) {
            case '0' -> 'o';
            case '1' -> 'l';
            case '8' -> 'b';
            default -> c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
        };
    }

    private static MalformedException wrong() {
        return new MalformedException(Reason.SYNTAX, "a recovery code has 26 letters and digits");
    }
}
