package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The symmetric cryptography of sessions and names (Part 1 §11.4).
final class Kdf {
    private Kdf() {}

    static byte[] hash(HashAlgorithm hash, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(hash.jca());
            for (var part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has SHA-2", e);
        }
    }

    static byte[] hmac(HashAlgorithm hash, byte[] key, byte[]... parts) {
        try {
            var name = hash.jca().replace("SHA-", "HmacSHA");
            var mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            for (var part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has HMAC", e);
        }
    }

    /// KDFa (Part 1 §11.4.10.2); `bits` is a multiple of 8, at most those of the hash.
    static byte[] a(HashAlgorithm hash, byte[] key, String label, byte[] u, byte[] v, int bits) {
        var block = hmac(hash, key, u32(1), label(label), u, v, u32(bits));
        var octets = Arrays.copyOf(block, bits / 8);
        Arrays.fill(block, (byte) 0);
        return octets;
    }

    /// KDFe (Part 1 §11.4.10.3) for as many octets as the hash has.
    static byte[] e(HashAlgorithm hash, byte[] z, String label, byte[] u, byte[] v) {
        return hash(hash, u32(1), z, label(label), u, v);
    }

    /// AES-128-CFB over one parameter, in place; key and IV are 16 octets each of `keyAndIv`.
    static void cfb(int mode, byte[] keyAndIv, byte[] octets, int from, int to) {
        try {
            var cipher = Cipher.getInstance("AES/CFB/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(keyAndIv, 0, 16, "AES"),
                    new IvParameterSpec(keyAndIv, 16, 16));
            var _ = cipher.doFinal(octets, from, to - from, octets, from);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has AES-CFB", e);
        }
    }

    /// A label with the zero that ends it.
    static byte[] label(String label) {
        return (label + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] u32(int value) {
        return Bytes.u32(value).toArray();
    }
}
