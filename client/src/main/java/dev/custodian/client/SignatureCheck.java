package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/// Checks a signature over a digest, which the JDK offers for ECDSA only.
final class SignatureCheck {
    private static final byte TRAILER = (byte) 0xbc;

    private SignatureCheck() {}

    /// What a signature is.
    enum Verdict {
        GOOD(""),
        OTHER_DIGEST("is by the right key, but over another digest"),
        OTHER_KEY("was not made by the key in the credential's certificate"),
        /// ECDSA cannot tell: each signature over one digest is one over another digest by some
        /// other key.
        OTHER("does not fit: another digest was signed, or another key signed");

        private final String sentence;

        Verdict(String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    static Verdict check(PublicKey key, SignatureScheme scheme, Bytes digest, Bytes signature) {
        return switch (key) {
            case RSAPublicKey rsa -> rsa(rsa, scheme, digest, signature);
            case ECPublicKey ec -> ecdsa(ec, digest, signature) ? Verdict.GOOD : Verdict.OTHER;
            default -> Verdict.OTHER_KEY;
        };
    }

    private static boolean ecdsa(ECPublicKey key, Bytes digest, Bytes signature) {
        try {
            var check = Signature.getInstance("NONEwithECDSA");
            check.initVerify(key);
            check.update(digest.toArray());
            return check.verify(signature.toArray());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Verdict rsa(
            RSAPublicKey key, SignatureScheme scheme, Bytes digest, Bytes signature) {
        int size = (key.getModulus().bitLength() + 7) / 8;
        var number = new BigInteger(1, signature.toArray());
        if (signature.size() != size || number.compareTo(key.getModulus()) >= 0) {
            return Verdict.OTHER_KEY;
        }
        var block = octets(number.modPow(key.getPublicExponent(), key.getModulus()), size);
        return scheme.scheme().isPss()
                ? pss(block, key.getModulus().bitLength() - 1, scheme, digest)
                : pkcs1(block, scheme.scheme().hash(), digest);
    }

    private static byte[] octets(BigInteger number, int size) {
        var signed = number.toByteArray();
        var octets = new byte[size];
        int take = Math.min(signed.length, size);
        System.arraycopy(signed, signed.length - take, octets, size - take, take);
        return octets;
    }

    /// RFC 8017 §8.2.2: the one block that may stand there is made and compared whole, nothing is
    /// parsed.
    private static Verdict pkcs1(byte[] block, HashAlgorithm hash, Bytes digest) {
        var expected = new byte[block.length];
        Arrays.fill(expected, (byte) 0xff);
        var tail = Bytes.concat(Bytes.of((byte) 0), hash.digestInfoPrefix(), digest).toArray();
        expected[0] = 0;
        expected[1] = 1;
        System.arraycopy(tail, 0, expected, expected.length - tail.length, tail.length);
        if (MessageDigest.isEqual(block, expected)) {
            return Verdict.GOOD;
        }
        return block[0] == 0 && block[1] == 1 && block[2] == (byte) 0xff
                ? Verdict.OTHER_DIGEST
                : Verdict.OTHER_KEY;
    }

    /// EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with exactly the salt length that was asked for; MGF1 with
    /// the same hash.
    private static Verdict pss(byte[] whole, int bits, SignatureScheme scheme, Bytes digest) {
        var hash = newDigest(scheme.scheme().hash());
        int hashSize = scheme.scheme().hash().length();
        int size = (bits + 7) / 8;
        // A modulus of 8k+1 bits has a block one octet shorter than the signature.
        var block = Arrays.copyOfRange(whole, whole.length - size, whole.length);
        int dbSize = size - hashSize - 1;
        int one = dbSize - scheme.saltLength() - 1;
        if (one < 0 || block[size - 1] != TRAILER || whole.length > size && whole[0] != 0) {
            return Verdict.OTHER_KEY;
        }
        var h = Arrays.copyOfRange(block, dbSize, dbSize + hashSize);
        var db = Arrays.copyOf(block, dbSize);
        int spare = 8 * size - bits;
        if ((db[0] & 0xff) >>> (8 - spare) != 0) {
            return Verdict.OTHER_KEY;
        }
        mask(db, h, hash);
        db[0] &= (byte) (0xff >>> spare);
        for (int i = 0; i < one; i++) {
            if (db[i] != 0) {
                return Verdict.OTHER_KEY;
            }
        }
        if (db[one] != 1) {
            return Verdict.OTHER_KEY;
        }
        hash.update(new byte[8]);
        hash.update(digest.toArray());
        hash.update(db, one + 1, scheme.saltLength());
        return MessageDigest.isEqual(h, hash.digest()) ? Verdict.GOOD : Verdict.OTHER_DIGEST;
    }

    /// MGF1 (RFC 8017 §B.2.1), laid over `db`.
    private static void mask(byte[] db, byte[] seed, MessageDigest hash) {
        for (int at = 0, counter = 0; at < db.length; counter++) {
            hash.update(seed);
            hash.update(Bytes.u32(counter).toArray());
            for (var octet : hash.digest()) {
                if (at < db.length) {
                    db[at++] ^= octet;
                }
            }
        }
    }

    private static MessageDigest newDigest(HashAlgorithm hash) {
        try {
            return MessageDigest.getInstance(hash.jca());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform of ours has SHA-2", e);
        }
    }
}
