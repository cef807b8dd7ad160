package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// EMSA-PSS over a digest (RFC 8017 §9.1.1), with MGF1 over the same hash and a salt as long as it:
/// the JDK's own takes whole messages only.
final class Pss {
    private static final byte[] PADDING = new byte[8];
    private static final byte TRAILER = (byte) 0xbc;

    private Pss() {}

    /// @param bits of the modulus, a multiple of 8
    static byte[] encode(HashAlgorithm hash, Bytes digest, int bits, SecureRandom random) {
        var salt = new byte[hash.length()];
        random.nextBytes(salt);
        var sha = sha(hash);
        sha.update(PADDING);
        sha.update(digest.toArray());
        var h = sha.digest(salt);
        var encoded = new byte[bits / 8];
        int size = encoded.length - h.length - 1;
        encoded[size - salt.length - 1] = 1;
        System.arraycopy(salt, 0, encoded, size - salt.length, salt.length);
        mask(encoded, size, h, sha);
        // one bit less than the modulus
        encoded[0] &= 0x7f;
        System.arraycopy(h, 0, encoded, size, h.length);
        encoded[encoded.length - 1] = TRAILER;
        return encoded;
    }

    /// MGF1 (RFC 8017 §B.2.1) over the first `size` octets.
    private static void mask(byte[] encoded, int size, byte[] seed, MessageDigest sha) {
        for (int at = 0, count = 0; at < size; count++) {
            sha.update(seed);
            var block = sha.digest(Bytes.u32(count).toArray());
            for (int i = 0; i < block.length && at < size; i++, at++) {
                encoded[at] ^= block[i];
            }
        }
    }

    private static MessageDigest sha(HashAlgorithm hash) {
        try {
            return MessageDigest.getInstance(hash.jca());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-2", e);
        }
    }
}
