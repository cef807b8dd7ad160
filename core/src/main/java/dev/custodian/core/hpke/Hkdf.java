package dev.custodian.core.hpke;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// HKDF-SHA256 (RFC 5869) by `Mac` over arrays that are wiped: `javax.crypto.KDF` keeps copies of
/// its input, and shares and PINs must not linger in the heap (FORMATS §0).
public final class Hkdf {
    private static final int HASH = 32;

    private Hkdf() {}

    /// Derives 32 octets from `input`, without salt.
    public static Secret derive(Secret input, Bytes info) {
        return derive(input.expose(), info);
    }

    /// As [#derive(Secret, Bytes)]; the caller wipes `input`.
    public static Secret derive(byte[] input, Bytes info) {
        var prk = extract(new byte[HASH], input);
        try {
            return Secret.owning(expand(prk, info.toArray(), HASH));
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    /// HMAC-SHA256 of the concatenation of `parts`; neither key nor parts are kept.
    public static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (var part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256", e);
        }
    }

    /// RFC 5869 §2.2.
    static byte[] extract(byte[] salt, byte[] input) {
        return hmac(salt.length == 0 ? new byte[HASH] : salt, input);
    }

    /// RFC 5869 §2.3, up to 255 blocks.
    static byte[] expand(byte[] prk, byte[] info, int length) {
        if (length > 255 * HASH) {
            throw new IllegalArgumentException("HKDF gives at most 255 blocks");
        }
        var out = new byte[length];
        var block = new byte[0];
        int done = 0;
        for (int counter = 1; done < length; counter++) {
            var next = hmac(prk, block, info, new byte[] {(byte) counter});
            Arrays.fill(block, (byte) 0);
            block = next;
            int size = Math.min(HASH, length - done);
            System.arraycopy(block, 0, out, done, size);
            done += size;
        }
        Arrays.fill(block, (byte) 0);
        return out;
    }
}
