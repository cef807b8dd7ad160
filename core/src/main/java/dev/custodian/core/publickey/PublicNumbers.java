package dev.custodian.core.publickey;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.der.Der;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;

/// Public keys out of the numbers that a device, a server or a peer wrote, looked at before they
/// are used: the JDK takes a point beside its curve until the key is used, and not everywhere
/// refuses it then.
public final class PublicNumbers {
    private static final int LONGEST_EXPONENT_BITS = 32;

    private static final Bytes RSAES_OAEP = Der.oid("1.2.840.113549.1.1.7");

    private PublicNumbers() {}

    /// The point `(x, y)` on the curve of this kind of key (SP 800-56A §5.6.2.3.4; the cofactor of
    /// the NIST curves is 1, and the point at infinity has no such numbers).
    ///
    /// @throws IllegalArgumentException for a kind of key that is on no curve
    public static ECPublicKey point(KeyAlgorithm algorithm, BigInteger x, BigInteger y)
            throws MalformedException {
        var curve = curve(algorithm);
        if (!isOn(curve, x, y)) {
            throw new MalformedException("a point beside its curve");
        }
        try {
            return (ECPublicKey)
                    KeyFactory.getInstance("EC")
                            .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    /// A modulus of just the bits of this kind of key, odd, with an odd exponent of 2 to 32 bits:
    /// longer ones cost more than they are worth to whoever checks a signature.
    ///
    /// @throws IllegalArgumentException for a kind of key that has no modulus
    public static RSAPublicKey rsa(KeyAlgorithm algorithm, BigInteger modulus, BigInteger exponent)
            throws MalformedException {
        if (algorithm.family() != KeyAlgorithm.Family.RSA) {
            throw new IllegalArgumentException("a kind of key without a modulus: " + algorithm);
        }
        if (modulus.signum() < 0
                || modulus.bitLength() != algorithm.bits()
                || !modulus.testBit(0)
                || exponent.signum() < 0
                || !exponent.testBit(0)
                || exponent.bitLength() < 2
                || exponent.bitLength() > LONGEST_EXPONENT_BITS) {
            throw new MalformedException("numbers that are no public key");
        }
        try {
            return (RSAPublicKey)
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(modulus, exponent));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    /// The key of a certificate. Some makers of TPMs name RSA keys as for OAEP alone (RFC 4055
    /// §4.1), which the JDK gives as a key of no kind: that is the RSA key here.
    ///
    /// @param key as the JDK gives it
    public static PublicKey ofCertificate(PublicKey key) throws MalformedException {
        if (key instanceof RSAPublicKey || key instanceof ECPublicKey) {
            return key;
        }
        var info = new DerReader(DerReader.only(Bytes.of(key.getEncoded()), Tag.SEQUENCE));
        var algorithm = DerReader.first(info.next(Tag.SEQUENCE), Tag.OBJECT_IDENTIFIER);
        var bits = info.next(Tag.BIT_STRING);
        info.done();
        if (!algorithm.equals(RSAES_OAEP)) {
            return key;
        }
        if (bits.size() == 0 || bits.at(0) != 0) {
            throw new MalformedException("bits that are no octets");
        }
        var numbers = new DerReader(DerReader.only(bits.slice(1, bits.size()), Tag.SEQUENCE));
        var modulus = numbers.integer();
        var exponent = numbers.integer();
        numbers.done();
        for (var one : KeyAlgorithm.values()) {
            if (one.family() == KeyAlgorithm.Family.RSA && one.bits() == modulus.bitLength()) {
                return rsa(one, modulus, exponent);
            }
        }
        throw new MalformedException("numbers that are no public key");
    }

    /// The curve that keys of this kind are on.
    ///
    /// @throws IllegalArgumentException for a kind of key that is on none
    public static ECParameterSpec curve(KeyAlgorithm algorithm) {
        if (algorithm.family() != KeyAlgorithm.Family.EC) {
            throw new IllegalArgumentException("a kind of key that is on no curve: " + algorithm);
        }
        try {
            var parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(algorithm.jcaCurve()));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has the NIST curves", e);
        }
    }

    /// y² = x³ + ax + b, with both numbers in the field.
    private static boolean isOn(ECParameterSpec spec, BigInteger x, BigInteger y) {
        var curve = spec.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        return x.signum() >= 0
                && y.signum() >= 0
                && x.compareTo(p) < 0
                && y.compareTo(p) < 0
                && y.multiply(y)
                        .mod(p)
                        .equals(
                                x.multiply(x)
                                        .add(curve.getA())
                                        .multiply(x)
                                        .add(curve.getB())
                                        .mod(p));
    }
}
