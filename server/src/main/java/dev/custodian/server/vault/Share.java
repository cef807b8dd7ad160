package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import java.util.Arrays;
import java.util.Locale;

/// One of the shares that a vault's keys come from, as people keep it: 72 letters and digits,
/// base32 (RFC 4648 §6) of 45 octets.
///
/// ```
/// set ‖ least ‖ count ‖ number ‖ value ‖ check
///  5  ‖   1   ‖   1   ‖    1   ‖  32   ‖   5
/// ```
///
/// `set` is the beginning of the CKA_ID of the wrapping key that the share belongs to; `check`
/// notices errors of typing, no malice: HMAC-SHA-256 of what is before it under a fixed text.
public final class Share implements AutoCloseable {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final byte[] CHECK = Bytes.utf8("custodian/vault/share/1").toArray();
    private static final int SET_SIZE = 5;
    private static final int HEAD = SET_SIZE + 3;
    private static final int CHECK_SIZE = 5;
    private static final int SIZE = HEAD + KeySeed.SIZE + CHECK_SIZE;
    private static final int LETTERS = SIZE * 8 / 5;
    private static final int GROUP = 4;

    private final Secret octets;

    private Share(Secret octets) {
        this.octets = octets;
    }

    /// @param keyId CKA_ID of the wrapping key, in hexadecimal
    static Share of(String keyId, Split split, int number, Secret value) {
        var octets = new byte[SIZE];
        System.arraycopy(Bytes.fromHex(keyId).toArray(), 0, octets, 0, SET_SIZE);
        octets[SET_SIZE] = (byte) split.least();
        octets[SET_SIZE + 1] = (byte) split.count();
        octets[SET_SIZE + 2] = (byte) number;
        System.arraycopy(value.expose(), 0, octets, HEAD, KeySeed.SIZE);
        seal(octets);
        return new Share(Secret.owning(octets));
    }

    private static void seal(byte[] octets) {
        var body = Arrays.copyOf(octets, SIZE - CHECK_SIZE);
        var check = Hkdf.hmac(CHECK, body);
        System.arraycopy(check, 0, octets, SIZE - CHECK_SIZE, CHECK_SIZE);
        Arrays.fill(body, (byte) 0);
        Arrays.fill(check, (byte) 0);
    }

    /// Reads what was typed: small letters, spaces and dashes are as good.
    ///
    /// @throws IllegalArgumentException that says what is wrong with it
    public static Share parse(char[] typed) {
        var octets = new byte[SIZE];
        var checked = new byte[0];
        try {
            decode(typed, octets);
            checked = octets.clone();
            seal(checked);
            if (!Arrays.equals(checked, octets)) {
                throw new IllegalArgumentException("has a wrong letter, or two in the wrong order");
            }
            return new Share(Secret.copyOf(octets, 0, SIZE));
        } finally {
            Arrays.fill(octets, (byte) 0);
            Arrays.fill(checked, (byte) 0);
        }
    }

    private static void decode(char[] typed, byte[] octets) {
        int letters = 0;
        for (char one : typed) {
            if (one == '-' || Character.isWhitespace(one)) {
                continue;
            }
            int value = ALPHABET.indexOf(Character.toUpperCase(one));
            if (value < 0) {
                throw new IllegalArgumentException(
                        "has a character that is in no share: the digits 0, 1, 8 and 9 are not");
            }
            if (letters == LETTERS) {
                throw new IllegalArgumentException("is longer than " + LETTERS + " letters");
            }
            int bit = letters * 5;
            int buffer = value << (11 - bit % 8);
            octets[bit / 8] |= (byte) (buffer >> 8);
            if (bit % 8 > 3) {
                octets[bit / 8 + 1] |= (byte) buffer;
            }
            letters++;
        }
        if (letters < LETTERS) {
            throw new IllegalArgumentException(
                    "has %d letters instead of %d".formatted(letters, LETTERS));
        }
    }

    /// The share in groups of four letters; to be wiped by the caller.
    public char[] text() {
        var text = new char[LETTERS + LETTERS / GROUP - 1];
        Arrays.fill(text, '-');
        for (int letter = 0; letter < LETTERS; letter++) {
            int bit = letter * 5;
            int pair = at(bit / 8) << 8 | (bit / 8 + 1 < SIZE ? at(bit / 8 + 1) : 0);
            text[letter + letter / GROUP] = ALPHABET.charAt(pair >> (11 - bit % 8) & 31);
        }
        return text;
    }

    private int at(int index) {
        return octets.expose()[index] & 0xff;
    }

    /// Which set it belongs to: ten hexadecimal digits, with which the id of the wrapping key
    /// begins.
    public String set() {
        return Bytes.of(Arrays.copyOf(octets.expose(), SET_SIZE)).hex();
    }

    /// The set of a wrapping key's shares.
    ///
    /// @param keyId its CKA_ID in hexadecimal
    public static String set(String keyId) {
        return keyId.toLowerCase(Locale.ROOT).substring(0, 2 * SET_SIZE);
    }

    public Split split() {
        return new Split(at(SET_SIZE), at(SET_SIZE + 1));
    }

    /// From 1.
    public int number() {
        return at(SET_SIZE + 2);
    }

    /// What Shamir's polynomial gives at the number.
    Secret value() {
        return Secret.copyOf(octets.expose(), HEAD, HEAD + KeySeed.SIZE);
    }

    @Override
    public void close() {
        octets.close();
    }

    /// Says which it is, and nothing of its value.
    @Override
    public String toString() {
        return "share %d (%s) of set %s".formatted(number(), split(), set());
    }
}
