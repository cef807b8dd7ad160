package dev.custodian.core.attest;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
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
import java.util.List;

/// Public keys out of numbers, so that each has one encoding.
final class PublicKeys {
    /// What EKs and the keys below them are (EK Credential Profile, Annex B).
    private static final List<KeyAlgorithm> ALL =
            List.of(
                    KeyAlgorithm.RSA_2048,
                    KeyAlgorithm.RSA_3072,
                    KeyAlgorithm.P256,
                    KeyAlgorithm.P384);

    private PublicKeys() {}

    static PublicKey modulus(KeyAlgorithm algorithm, BigInteger modulus, BigInteger exponent)
            throws MalformedException {
        if (modulus.bitLength() != algorithm.bits()
                || !modulus.testBit(0)
                || !exponent.testBit(0)
                || exponent.bitLength() > 32
                || exponent.bitLength() < 2) {
            throw new MalformedException("numbers that are no public key");
        }
        if (Roca.marks(modulus)) {
            throw new MalformedException("a modulus that can be factored");
        }
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, exponent));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    static PublicKey point(KeyAlgorithm algorithm, BigInteger x, BigInteger y)
            throws MalformedException {
        var curve = curve(algorithm);
        requireOnCurve(curve, x, y);
        try {
            return KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    private static ECParameterSpec curve(KeyAlgorithm algorithm) {
        try {
            var parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(algorithm.jcaCurve()));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has the NIST curves", e);
        }
    }

    /// y² = x³ + ax + b: the JDK looks only when the key is used, and not everywhere.
    private static void requireOnCurve(ECParameterSpec spec, BigInteger x, BigInteger y)
            throws MalformedException {
        var curve = spec.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        var right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
            throw new MalformedException("a point beside its curve");
        }
    }

    /// The kind of a key that a certificate holds.
    static KeyAlgorithm algorithm(PublicKey key) throws MalformedException {
        for (var algorithm : ALL) {
            boolean fits =
                    switch (key) {
                        case RSAPublicKey rsa ->
                                algorithm.family() == KeyAlgorithm.Family.RSA
                                        && rsa.getModulus().bitLength() == algorithm.bits();
                        case ECPublicKey ec ->
                                algorithm.family() == KeyAlgorithm.Family.EC
                                        && isOn(ec.getParams(), curve(algorithm));
                        default -> false;
                    };
            if (fits) {
                return algorithm;
            }
        }
        throw new MalformedException("no key of ours");
    }

    private static boolean isOn(ECParameterSpec one, ECParameterSpec other) {
        return one.getCurve().equals(other.getCurve())
                && one.getGenerator().equals(other.getGenerator())
                && one.getOrder().equals(other.getOrder());
    }

    /// The same key made anew from its numbers.
    static PublicKey plain(KeyAlgorithm algorithm, PublicKey key) throws MalformedException {
        return switch (key) {
            case RSAPublicKey rsa -> modulus(algorithm, rsa.getModulus(), rsa.getPublicExponent());
            case ECPublicKey ec -> point(algorithm, ec.getW().getAffineX(), ec.getW().getAffineY());
            default -> throw new MalformedException("no key of ours");
        };
    }
}
