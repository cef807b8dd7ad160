package dev.custodian.device.login;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.dbus.BusException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What keeps secrets out of the bus's memory and out of recordings of it (Secret Service 0.2,
/// `dh-ietf1024-sha256-aes128-cbc-pkcs7`): Diffie-Hellman in the second group of RFC 2409 §6.2, a
/// key by HKDF-SHA-256 without salt and info, AES-128-CBC. It authenticates nothing, and 1024 bits
/// are few: who can sit in between can ask the keyring too.
final class DhSession implements AutoCloseable {
    static final String ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

    static final BigInteger PRIME =
            new BigInteger(
                    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                            + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                            + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                            + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
                    16);
    private static final int SIZE = 128;
    private static final int KEY = 16;
    private static final int IV = 16;
    private static final int EXPONENT_BITS = 1023;

    private final SecureRandom random;
    private final BigInteger exponent;
    private Secret key = Secret.owning(new byte[0]);

    DhSession(SecureRandom random) {
        this.random = random;
        this.exponent = new BigInteger(EXPONENT_BITS, random).setBit(EXPONENT_BITS - 1);
    }

    /// Ours, as long as the prime.
    byte[] publicKey() {
        return octets(BigInteger.TWO.modPow(exponent, PRIME));
    }

    private static byte[] octets(BigInteger number) {
        var octets = number.toByteArray();
        int size = Math.min(octets.length, SIZE);
        var padded = new byte[SIZE];
        System.arraycopy(octets, octets.length - size, padded, SIZE - size, size);
        Arrays.fill(octets, (byte) 0);
        return padded;
    }

    /// Agrees on the key.
    ///
    /// @param theirs refused when it is no public key, or one that everybody has the secret to
    void agree(byte[] theirs) throws BusException {
        var other = theirs.length > SIZE + 1 ? BigInteger.ZERO : new BigInteger(1, theirs);
        if (other.compareTo(BigInteger.ONE) <= 0
                || other.compareTo(PRIME.subtract(BigInteger.ONE)) >= 0) {
            throw BusException.malformed("no public key");
        }
        var shared = octets(other.modPow(exponent, PRIME));
        try {
            key =
                    Secret.owning(
                            KDF.getInstance("HKDF-SHA256")
                                    .deriveData(
                                            HKDFParameterSpec.ofExtract()
                                                    .addIKM(shared)
                                                    .thenExpand(new byte[0], KEY)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has HKDF", e);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    /// A secret on its way: `iv` and what it was enciphered to.
    record Enciphered(Bytes iv, Bytes octets) {}

    Enciphered encipher(Secret secret) {
        var iv = new byte[IV];
        random.nextBytes(iv);
        try {
            return new Enciphered(
                    Bytes.of(iv),
                    Bytes.of(cipher(Cipher.ENCRYPT_MODE, iv).doFinal(secret.expose())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has AES-CBC", e);
        }
    }

    /// The caller closes it.
    Secret decipher(byte[] iv, byte[] octets) throws BusException {
        if (iv.length != IV) {
            throw BusException.malformed("an IV of " + iv.length + " octets");
        }
        try {
            return Secret.owning(cipher(Cipher.DECRYPT_MODE, iv).doFinal(octets));
        } catch (GeneralSecurityException e) {
            throw BusException.malformed("a secret of another session");
        }
    }

    private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key.expose(), "AES"), new IvParameterSpec(iv));
        return cipher;
    }

    @Override
    public void close() {
        key.close();
    }
}
