package dev.custodian.core.hpke;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AEAD of FORMATS §0: AES-256-GCM with a fresh 96-bit IV in front and a 128-bit tag behind.
public final class Aead {
    private static final int IV = 12;
    private static final int TAG = 16;

    private Aead() {}

    public static Bytes seal(Secret key, Bytes aad, byte[] plaintext, SecureRandom random) {
        var iv = new byte[IV];
        random.nextBytes(iv);
        try {
            return Bytes.concat(
                    Bytes.of(iv), Bytes.of(run(Cipher.ENCRYPT_MODE, key, iv, aad, plaintext)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has AES-GCM", e);
        }
    }

    /// Opens a box; errors alike for every box that was not sealed under this key with this `aad`.
    public static Secret open(Secret key, Bytes aad, Bytes box) throws GeneralSecurityException {
        if (box.size() < IV + TAG) {
            throw new GeneralSecurityException("the box is too short");
        }
        var iv = box.slice(0, IV).toArray();
        return Secret.owning(
                run(Cipher.DECRYPT_MODE, key, iv, aad, box.slice(IV, box.size()).toArray()));
    }

    private static byte[] run(int mode, Secret key, byte[] iv, Bytes aad, byte[] input)
            throws GeneralSecurityException {
        if (key.size() != 32) {
            throw new IllegalArgumentException("an AES-256 key has 32 octets");
        }
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode, new SecretKeySpec(key.expose(), "AES"), new GCMParameterSpec(8 * TAG, iv));
        cipher.updateAAD(aad.toArray());
        return cipher.doFinal(input);
    }
}
