package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Scheme;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/// What a card gets to sign: the bare operation of the key is the card's, all before it ours.
final class SignatureInput {
    private static final int TRAILER = 0xbc;

    private SignatureInput() {}

    /// @param digest as long as the scheme's hash
    static Bytes of(Scheme scheme, Bytes digest, PivAlgorithm algorithm, SecureRandom random) {
        return switch (scheme.family()) {
            case EC -> fitted(digest, algorithm.octets());
            case RSA ->
                    scheme.isPss()
                            ? pss(scheme.hash(), digest, algorithm.octets(), random)
                            : pkcs1(scheme.hash(), digest, algorithm.octets());
        };
    }

    /// As many of the leftmost octets as the order of the curve has (FIPS 186-5 §6.4.1), or zeros
    /// before them: cards want exactly so many.
    private static Bytes fitted(Bytes digest, int octets) {
        return digest.size() >= octets
                ? digest.slice(0, octets)
                : Bytes.concat(Bytes.of(new byte[octets - digest.size()]), digest);
    }

    /// EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
    private static Bytes pkcs1(HashAlgorithm hash, Bytes digest, int octets) {
        var info = Bytes.concat(hash.digestInfoPrefix(), digest).toArray();
        var block = new byte[octets];
        block[1] = 1;
        Arrays.fill(block, 2, octets - info.length - 1, (byte) 0xff);
        System.arraycopy(info, 0, block, octets - info.length, info.length);
        return Bytes.of(block);
    }

    /// EMSA-PSS (RFC 8017 §9.1.1) with a salt as long as the hash, for a modulus of whole octets.
    private static Bytes pss(HashAlgorithm hash, Bytes digest, int octets, SecureRandom random) {
        var salt = new byte[hash.length()];
        random.nextBytes(salt);
        var h = hash(hash, new byte[8], digest.toArray(), salt);
        var block = new byte[octets];
        int masked = octets - h.length - 1;
        block[masked - salt.length - 1] = 1;
        System.arraycopy(salt, 0, block, masked - salt.length, salt.length);
        mask(hash, h, block, masked);
        // the highest bit: the block is to be below the modulus
        block[0] &= 0x7f;
        System.arraycopy(h, 0, block, masked, h.length);
        block[octets - 1] = (byte) TRAILER;
        return Bytes.of(block);
    }

    /// MGF1 (RFC 8017 §B.2.1) over the first octets of the block.
    private static void mask(HashAlgorithm hash, byte[] seed, byte[] block, int size) {
        for (int at = 0, counter = 0; at < size; counter++) {
            for (byte octet : hash(hash, seed, Bytes.u32(counter).toArray())) {
                if (at < size) {
                    block[at++] ^= octet;
                }
            }
        }
    }

    private static byte[] hash(HashAlgorithm hash, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(hash.jca());
            for (var part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + hash.jca(), e);
        }
    }
}
