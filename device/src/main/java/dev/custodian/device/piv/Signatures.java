package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;

/// What a card gave for a signature, read and checked: a card may be broken, or not be the one that
/// was meant.
final class Signatures {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;

    private Signatures() {}

    /// An ECDSA signature in DER (RFC 3279 §2.2.3) as `r | s`, each as long as a coordinate.
    static Bytes fixed(Bytes der, int octets) throws MalformedException {
        var in = new Tlv(Tlv.only(SEQUENCE, der));
        var r = number(in.element(INTEGER), octets);
        var s = number(in.element(INTEGER), octets);
        in.done();
        return Bytes.concat(r, s);
    }

    private static Bytes number(Bytes integer, int octets) throws MalformedException {
        if (integer.size() == 0 || integer.at(0) < 0) {
            throw new MalformedException("a number below zero");
        }
        var number = new BigInteger(integer.toArray());
        if (number.signum() == 0 || number.bitLength() > 8 * octets) {
            throw new MalformedException("a number of zero or too long");
        }
        return fixed(number, octets);
    }

    private static Bytes fixed(BigInteger number, int octets) {
        var shortest = number.toByteArray();
        var fixed = new byte[octets];
        int length = Math.min(shortest.length, octets);
        System.arraycopy(shortest, shortest.length - length, fixed, octets - length, length);
        return Bytes.of(fixed);
    }

    /// Whether the key turns the signature back into this block.
    static boolean isOf(RSAPublicKey key, Bytes block, Bytes signature) {
        var number = PublicKeys.number(signature);
        return number.compareTo(key.getModulus()) < 0
                && number.modPow(key.getPublicExponent(), key.getModulus())
                        .equals(PublicKeys.number(block));
    }

    /// @param algorithm for the JCA
    /// @param octets what it is over: the message, or the digest when the JCA takes that
    static boolean isOf(PublicKey key, String algorithm, Bytes octets, Bytes signature) {
        try {
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(octets.toArray());
            return verifier.verify(signature.toArray());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
