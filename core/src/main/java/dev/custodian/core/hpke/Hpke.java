package dev.custodian.core.hpke;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
///
/// A box is `enc (32) | ciphertext`; the ciphertext is 16 octets longer than what it holds.
public final class Hpke {
    /// Octets that a box is longer than its content.
    public static final int OVERHEAD = X25519.SIZE + 16;

    private static final byte[] SUITE = {'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, 2};
    private static final byte[] VERSION = "HPKE-v1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NONE = new byte[0];

    private Hpke() {}

    /// Seals `plaintext` to the X25519 public key `recipient`; errors when that is no usable key.
    public static Bytes seal(
            Bytes recipient, Bytes info, Bytes aad, byte[] plaintext, SecureRandom random)
            throws GeneralSecurityException {
        var encapsulated = encapsulate(X25519.publicKey(recipient), random);
        var ciphertext =
                aead(Cipher.ENCRYPT_MODE, encapsulated.key().getEncoded(), info, aad, plaintext);
        return Bytes.concat(Bytes.of(encapsulated.encapsulation()), Bytes.of(ciphertext));
    }

    private static KEM.Encapsulated encapsulate(PublicKey recipient, SecureRandom random)
            throws GeneralSecurityException {
        try {
            return KEM.getInstance("DHKEM").newEncapsulator(recipient, random).encapsulate();
        } catch (ProviderException e) {
            // so the JDK tells that the key is of small order, and the shared secret would be zero
            throw new InvalidKeyException("the recipient's key is of small order", e);
        }
    }

    /// Opens a box; errors alike for every box that was not sealed to this key with this `info` and
    /// `aad`.
    public static Secret open(PrivateKey recipient, Bytes box, Bytes info, Bytes aad)
            throws GeneralSecurityException {
        if (box.size() < OVERHEAD) {
            throw new GeneralSecurityException("the box is too short");
        }
        var enc = box.slice(0, X25519.SIZE).toArray();
        var key = KEM.getInstance("DHKEM").newDecapsulator(recipient).decapsulate(enc);
        var ciphertext = box.slice(X25519.SIZE, box.size()).toArray();
        return Secret.owning(aead(Cipher.DECRYPT_MODE, key.getEncoded(), info, aad, ciphertext));
    }

    /// The key schedule of RFC 9180 §5.1 with mode 0 and no PSK, then the AEAD with sequence number
    /// 0.
    private static byte[] aead(int mode, byte[] shared, Bytes info, Bytes aad, byte[] input)
            throws GeneralSecurityException {
        var context =
                concat(
                        new byte[] {0},
                        labeledExtract(NONE, "psk_id_hash", NONE),
                        labeledExtract(NONE, "info_hash", info.toArray()));
        var secret = labeledExtract(shared, "secret", NONE);
        var key = labeledExpand(secret, "key", context, 32);
        var nonce = labeledExpand(secret, "base_nonce", context, 12);
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(aad.toArray());
            return cipher.doFinal(input);
        } finally {
            Arrays.fill(shared, (byte) 0);
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] labeledExtract(byte[] salt, String label, byte[] input) {
        return Hkdf.extract(
                salt, concat(VERSION, SUITE, label.getBytes(StandardCharsets.US_ASCII), input));
    }

    private static byte[] labeledExpand(byte[] prk, String label, byte[] info, int length) {
        var size = new byte[] {(byte) (length >> 8), (byte) length};
        return Hkdf.expand(
                prk,
                concat(size, VERSION, SUITE, label.getBytes(StandardCharsets.US_ASCII), info),
                length);
    }

    private static byte[] concat(byte[]... parts) {
        int size = 0;
        for (var part : parts) {
            size += part.length;
        }
        var all = new byte[size];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
