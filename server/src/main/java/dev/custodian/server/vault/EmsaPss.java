package dev.custodian.server.vault;

import dev.custodian.core.HashAlgorithm;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/// EMSA-PSS encoding (RFC 8017 §9.1.1) of a ready digest, MGF1 with the same hash.
final class EmsaPss {
    private static final byte TRAILER = (byte) 0xbc;

    private EmsaPss() {}

    /// @param bits octets of the result hold this many bits: one less than the modulus
    static byte[] encode(HashAlgorithm hash, byte[] digest, byte[] salt, int bits)
            throws GeneralSecurityException {
        int size = (bits + 7) / 8;
        if (size < digest.length + salt.length + 2) {
            throw new GeneralSecurityException("the salt does not fit the key");
        }
        var function = MessageDigest.getInstance(hash.jca());
        function.update(new byte[8]);
        function.update(digest);
        var h = function.digest(salt);

        var encoded = new byte[size];
        int data = size - h.length - 1;
        encoded[data - salt.length - 1] = 1;
        System.arraycopy(salt, 0, encoded, data - salt.length, salt.length);
        mask(function, h, encoded, data);
        encoded[0] &= (byte) (0xff >> 8 * size - bits);
        System.arraycopy(h, 0, encoded, data, h.length);
        encoded[size - 1] = TRAILER;
        return encoded;
    }

    /// The salt of an encoded block, were it one: encoding with it again shows whether it is.
    ///
    /// @param length octets of salt
    static byte[] salt(HashAlgorithm hash, byte[] encoded, int length, int bits)
            throws GeneralSecurityException {
        var function = MessageDigest.getInstance(hash.jca());
        int data = (bits + 7) / 8 - hash.length() - 1;
        if (encoded.length != (bits + 7) / 8 || length >= data) {
            throw new GeneralSecurityException("the salt does not fit the key");
        }
        var h = Arrays.copyOfRange(encoded, data, data + hash.length());
        var unmasked = encoded.clone();
        mask(function, h, unmasked, data);
        return Arrays.copyOfRange(unmasked, data - length, data);
    }

    /// XORs the first `length` octets with MGF1(seed) (RFC 8017 B.2.1).
    private static void mask(MessageDigest function, byte[] seed, byte[] into, int length) {
        var counter = new byte[4];
        for (int at = 0, block = 0; at < length; block++) {
            counter[0] = (byte) (block >> 24);
            counter[1] = (byte) (block >> 16);
            counter[2] = (byte) (block >> 8);
            counter[3] = (byte) block;
            function.update(seed);
            for (byte octet : function.digest(counter)) {
                if (at == length) {
                    break;
                }
                into[at++] ^= octet;
            }
        }
    }
}
