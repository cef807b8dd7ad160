package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/// Makes an object that one EK alone can import: the outer wrap of a duplicate (Part 1 §22.5, §23,
/// Annex B.10.3 for RSA and C.6.3 for ECC).
///
/// @param hash the EK's nameAlg
/// @param bits of the EK's AES; its templates fix both by the kind of key (EK Credential Profile,
///   Annex B.3 and B.4)
record Wrapping(HashAlgorithm hash, int bits) {
    private static final String LABEL = "DUPLICATE";

    /// Octets of a key of HMAC with SHA-256, and of what blinds its public part.
    private static final int SIZE = 32;

    static Wrapping of(KeyAlgorithm kind) {
        return switch (kind) {
            case RSA_2048, P256 -> new Wrapping(HashAlgorithm.SHA256, 128);
            case RSA_3072, P384 -> new Wrapping(HashAlgorithm.SHA384, 256);
            case RSA_4096, P521 -> throw new IllegalArgumentException("no EK of ours");
        };
    }

    static OpenChallenge challenge(Endorsement to, SecureRandom random) {
        var key = new byte[SIZE];
        var blind = new byte[SIZE];
        random.nextBytes(key);
        random.nextBytes(blind);
        var unique = Hashes.sha256(blind, key);
        var name =
                Bytes.concat(
                        Fields.u16(KeyArea.SHA256),
                        hash(HashAlgorithm.SHA256, Challenge.area(unique)));
        var sensitive = sensitive(blind, key);
        try {
            var wrapping = of(to.algorithm());
            var seed = wrapping.seed(to, random);
            try (var value = seed.value()) {
                var duplicate = wrapping.wrap(value.expose(), name.toArray(), sensitive);
                var challenge = new Challenge(unique, duplicate, seed.encrypted());
                return new OpenChallenge(to, challenge, Secret.owning(key));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours wraps to a key that is one", e);
        } finally {
            Arrays.fill(sensitive, (byte) 0);
            Arrays.fill(blind, (byte) 0);
        }
    }

    /// `TPM2B_SENSITIVE` (Part 2 §12.3.3): type, no authValue, what blinds, the key.
    private static byte[] sensitive(byte[] blind, byte[] key) {
        int size = 4 * Short.BYTES + blind.length + key.length;
        return ByteBuffer.allocate(Short.BYTES + size)
                .putShort((short) size)
                .putShort((short) KeyArea.KEYEDHASH)
                .putShort((short) 0)
                .putShort((short) blind.length)
                .put(blind)
                .putShort((short) key.length)
                .put(key)
                .array();
    }

    /// @param value the caller closes it
    private record Seed(Secret value, Bytes encrypted) {}

    private Seed seed(Endorsement to, SecureRandom random) throws GeneralSecurityException {
        if (to.key() instanceof ECPublicKey point) {
            return agreed(point, random);
        }
        var value = new byte[hash.length()];
        random.nextBytes(value);
        var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                to.key(),
                new OAEPParameterSpec(
                        hash.jca(),
                        "MGF1",
                        new MGF1ParameterSpec(hash.jca()),
                        new PSource.PSpecified(label())),
                random);
        var encrypted = Bytes.of(cipher.doFinal(value));
        return new Seed(Secret.owning(value), encrypted);
    }

    private Seed agreed(ECPublicKey to, SecureRandom random) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(to.getParams(), random);
        var pair = generator.generateKeyPair();
        var agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(pair.getPrivate());
        var _ = agreement.doPhase(to, true);
        var z = agreement.generateSecret();
        var ours = ((ECPublicKey) pair.getPublic()).getW();
        var x = fixed(ours.getAffineX(), z.length);
        var y = fixed(ours.getAffineY(), z.length);
        var value = e(z, x, fixed(to.getW().getAffineX(), z.length));
        Arrays.fill(z, (byte) 0);
        return new Seed(
                Secret.owning(value),
                Bytes.concat(Fields.sized(Bytes.of(x)), Fields.sized(Bytes.of(y))));
    }

    private static byte[] fixed(BigInteger number, int size) {
        var octets = number.toByteArray();
        var fixed = new byte[size];
        int length = Math.min(octets.length, size);
        System.arraycopy(octets, octets.length - length, fixed, size - length, length);
        return fixed;
    }

    private Bytes wrap(byte[] seed, byte[] name, byte[] sensitive) throws GeneralSecurityException {
        var key = a(seed, "STORAGE", name, bits);
        var macKey = a(seed, "INTEGRITY", new byte[0], 8 * hash.length());
        try {
            var cipher = Cipher.getInstance("AES/CFB/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new IvParameterSpec(new byte[16]));
            var encrypted = cipher.doFinal(sensitive);
            var mac = hmac(hash, macKey, encrypted, name);
            return Bytes.concat(Fields.sized(Bytes.of(mac)), Bytes.of(encrypted));
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(macKey, (byte) 0);
        }
    }

    /// KDFa (Part 1 §11.4.10.2) without a second context; `size` in bits, at most those of the
    /// hash.
    private byte[] a(byte[] key, String label, byte[] context, int size) {
        var block =
                hmac(
                        hash,
                        key,
                        Bytes.u32(1).toArray(),
                        (label + "\0").getBytes(StandardCharsets.US_ASCII),
                        context,
                        Bytes.u32(size).toArray());
        var octets = Arrays.copyOf(block, size / 8);
        Arrays.fill(block, (byte) 0);
        return octets;
    }

    /// KDFe (Part 1 §11.4.10.3) for as many octets as the hash has.
    private byte[] e(byte[] z, byte[] u, byte[] v) {
        var digest = digest(hash);
        digest.update(Bytes.u32(1).toArray());
        digest.update(z);
        digest.update(label());
        digest.update(u);
        digest.update(v);
        return digest.digest();
    }

    /// With the zero that ends it.
    private static byte[] label() {
        return (LABEL + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    static Bytes hash(HashAlgorithm hash, Bytes octets) {
        return Bytes.of(digest(hash).digest(octets.toArray()));
    }

    private static MessageDigest digest(HashAlgorithm hash) {
        try {
            return MessageDigest.getInstance(hash.jca());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has SHA-2", e);
        }
    }

    private static byte[] hmac(HashAlgorithm hash, byte[] key, byte[]... parts) {
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
}
