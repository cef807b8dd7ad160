package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/// The half of a TPM that imports and certifies, with an EK of its own. Says of keys whatever it is
/// told to.
final class FakeTpm {
    /// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, sign.
    static final int GOOD = 0x00040072;

    private final KeyPair ek;
    private final HashAlgorithm hash;
    private final int bits;

    /// @param kind `secp256r1`, `secp384r1`, `RSA-2048`, `RSA-3072`
    FakeTpm(String kind) {
        ek = FakeMaker.pair(kind);
        boolean larger = kind.equals("secp384r1") || kind.equals("RSA-3072");
        hash = larger ? HashAlgorithm.SHA384 : HashAlgorithm.SHA256;
        bits = larger ? 256 : 128;
    }

    PublicKey ek() {
        return ek.getPublic();
    }

    /// `TPMT_PUBLIC` of a P-256 or RSA key.
    static Bytes area(PublicKey key, int attributes) {
        return switch (key) {
            case ECPublicKey ec ->
                    Bytes.concat(
                            Bytes.fromHex("0023000b"),
                            Bytes.u32(attributes),
                            Bytes.fromHex("00000010001000030010"),
                            Fields.sized(number(ec.getW().getAffineX(), 32)),
                            Fields.sized(number(ec.getW().getAffineY(), 32)));
            case RSAPublicKey rsa ->
                    Bytes.concat(
                            Bytes.fromHex("0001000b"),
                            Bytes.u32(attributes),
                            Bytes.fromHex("000000100010"),
                            Fields.u16(rsa.getModulus().bitLength()),
                            Bytes.u32(0),
                            Fields.sized(
                                    number(rsa.getModulus(), rsa.getModulus().bitLength() / 8)));
            default -> throw new AssertionError(key.getAlgorithm());
        };
    }

    private static Bytes number(BigInteger number, int size) {
        var octets = number.toByteArray();
        var fixed = new byte[size];
        int length = Math.min(octets.length, size);
        System.arraycopy(octets, octets.length - length, fixed, size - length, length);
        return Bytes.of(fixed);
    }

    /// What it says about a key.
    static Bytes attest(Bytes area, Bytes extra) {
        return attest(0xff544347, 0x8017, area, extra);
    }

    static Bytes attest(int magic, int type, Bytes area, Bytes extra) {
        var name = Bytes.concat(Fields.u16(0xb), Hashes.sha256(area));
        return Bytes.concat(
                Bytes.u32(magic),
                Fields.u16(type),
                Fields.sized(name),
                Fields.sized(extra),
                Bytes.u64(4711),
                Bytes.u32(2),
                Bytes.u32(0),
                Bytes.of((byte) 1),
                Bytes.u64(0x2019_1023_0016_3636L),
                Fields.sized(name),
                Fields.sized(name));
    }

    /// An honest answer.
    Bytes answer(Bytes challenge, Bytes area) throws MalformedException {
        var read = Challenge.decode(challenge);
        return sign(read, attest(area, read.extra()));
    }

    Bytes sign(Challenge challenge, Bytes attest) throws MalformedException {
        var mac = Hkdf.hmac(imported(challenge), Hashes.sha256(attest).toArray());
        return answerOf(attest, mac);
    }

    static Bytes answerOf(Bytes attest, byte[] mac) {
        return new Answer(attest, Bytes.concat(Bytes.fromHex("0005000b"), Bytes.of(mac))).encode();
    }

    /// The key of HMAC: the other end of the wrap, after Part 1 §22.5.
    byte[] imported(Challenge challenge) throws MalformedException {
        try {
            var seed = seed(new Fields(challenge.seed()), challenge.seed());
            var name = Bytes.concat(Fields.u16(0xb), Hashes.sha256(challenge.area())).toArray();
            var in = new Fields(challenge.duplicate());
            var mac = in.sized("mac", 64);
            var encrypted = in.raw("encrypted", in.left()).toArray();
            var macKey = kdfa(seed, "INTEGRITY", new byte[0], 8 * hash.length());
            if (!mac.equals(Bytes.of(hmac(macKey, encrypted, name)))) {
                throw new MalformedException("TPM_RC_INTEGRITY");
            }
            var cipher = Cipher.getInstance("AES/CFB/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(kdfa(seed, "STORAGE", name, bits), "AES"),
                    new IvParameterSpec(new byte[16]));
            var sensitive = new Fields(Bytes.of(cipher.doFinal(encrypted)));
            int size = sensitive.u16("size");
            sensitive.require(size == sensitive.left(), "size");
            sensitive.require(sensitive.u16("type") == 8, "type");
            sensitive.require(sensitive.u16("auth") == 0, "auth");
            var blind = sensitive.sized("blind", 32);
            var key = sensitive.sized("key", 32);
            sensitive.done();
            sensitive.require(Hashes.sha256(blind, key).equals(challenge.unique()), "BINDING");
            return key.toArray();
        } catch (GeneralSecurityException e) {
            throw new MalformedException("TPM_RC_VALUE");
        }
    }

    private byte[] seed(Fields in, Bytes encrypted)
            throws GeneralSecurityException, MalformedException {
        var label = "DUPLICATE\0".getBytes(StandardCharsets.US_ASCII);
        if (ek.getPublic() instanceof ECPublicKey ours) {
            int size = (ours.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            var x = in.sized("x", size);
            var y = in.sized("y", size);
            in.done();
            var agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(ek.getPrivate());
            var theirs =
                    PublicNumbers.point(
                            PublicKeys.algorithm(ours),
                            new BigInteger(1, x.toArray()),
                            new BigInteger(1, y.toArray()));
            var _ = agreement.doPhase(theirs, true);
            var digest = MessageDigest.getInstance(hash.jca());
            digest.update(new byte[] {0, 0, 0, 1});
            digest.update(agreement.generateSecret());
            digest.update(label);
            digest.update(x.toArray());
            return digest.digest(number(ours.getW().getAffineX(), size).toArray());
        }
        var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                ek.getPrivate(),
                new OAEPParameterSpec(
                        hash.jca(),
                        "MGF1",
                        new MGF1ParameterSpec(hash.jca()),
                        new PSource.PSpecified(label)));
        return cipher.doFinal(encrypted.toArray());
    }

    private byte[] kdfa(byte[] key, String label, byte[] context, int size)
            throws GeneralSecurityException {
        var block =
                hmac(
                        key,
                        new byte[] {0, 0, 0, 1},
                        (label + "\0").getBytes(StandardCharsets.US_ASCII),
                        context,
                        Bytes.u32(size).toArray());
        return Arrays.copyOf(block, size / 8);
    }

    private byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA" + 8 * hash.length());
        mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
        for (var part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
