package dev.custodian.device.aead;

import dev.custodian.core.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-256-GCM with a random nonce of 12 octets in front of the ciphertext, and a tag of 16 behind
/// it. What stands before the ciphertext is associated data, with a name behind that.
public final class AesGcm {
    /// Octets of a key.
    public static final int KEY = 32;

    /// Octets that sealing adds to head and content.
    public static final int OVERHEAD = 28;

    private static final int NONCE = 12;
    private static final int TAG = 16;

    private AesGcm() {}

    /// `head | nonce | sealed content`.
    public static byte[] seal(
            byte[] head, byte[] name, Secret under, Secret content, SecureRandom random) {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        var all =
                ByteBuffer.allocate(head.length + NONCE + content.size() + TAG)
                        .put(head)
                        .put(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, under, nonce);
            cipher.updateAAD(all.array(), 0, all.position());
            cipher.updateAAD(name);
            cipher.doFinal(ByteBuffer.wrap(content.expose()), all);
            return all.array();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has AES-GCM", e);
        }
    }

    /// Opens what stands behind `at`: a nonce and sealed octets, [#OVERHEAD] at least. The caller
    /// closes it.
    public static Secret open(byte[] all, int at, byte[] name, Secret under)
            throws GeneralSecurityException {
        int begin = at + NONCE;
        var cipher = cipher(Cipher.DECRYPT_MODE, under, Arrays.copyOfRange(all, at, begin));
        cipher.updateAAD(all, 0, begin);
        cipher.updateAAD(name);
        return Secret.owning(cipher.doFinal(all, begin, all.length - begin));
    }

    private static Cipher cipher(int mode, Secret under, byte[] nonce)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(under.expose(), "AES"),
                new GCMParameterSpec(8 * TAG, nonce));
        return cipher;
    }
}
