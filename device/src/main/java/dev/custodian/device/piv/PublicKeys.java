package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;

/// Public keys as cards write them (SP 800-73-4 Part 2 §3.3.2).
final class PublicKeys {
    private static final int MODULUS = 0x81;
    private static final int EXPONENT = 0x82;
    private static final int POINT = 0x86;
    private static final int UNCOMPRESSED = 0x04;
    private static final int LONGEST_EXPONENT = 4;

    /// SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) but for the key.
    private static final Bytes ED25519 = Bytes.fromHex("302a300506032b6570032100");

    private PublicKeys() {}

    static PublicKey read(PivAlgorithm algorithm, Bytes octets) throws MalformedException {
        var in = new Tlv(octets);
        try {
            var key =
                    switch (algorithm) {
                        case RSA_2048, RSA_3072 ->
                                rsa(algorithm, in.element(MODULUS), in.element(EXPONENT));
                        case P256, P384 -> point(algorithm, in.element(POINT));
                        case ED25519 -> edwards(in.element(POINT));
                    };
            in.done();
            return key;
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    private static PublicKey rsa(PivAlgorithm algorithm, Bytes modulus, Bytes exponent)
            throws GeneralSecurityException, MalformedException {
        if (exponent.size() > LONGEST_EXPONENT) {
            throw new MalformedException("an exponent of more than 32 bits");
        }
        var n = number(modulus);
        var e = number(exponent);
        if (n.bitLength() != algorithm.bits()
                || !n.testBit(0)
                || !e.testBit(0)
                || e.bitLength() < 2) {
            throw new MalformedException("numbers that are no public key");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
    }

    private static PublicKey point(PivAlgorithm algorithm, Bytes octets)
            throws GeneralSecurityException, MalformedException {
        int size = algorithm.octets();
        if (octets.size() != 1 + 2 * size || octets.at(0) != UNCOMPRESSED) {
            throw new MalformedException("a point of another form");
        }
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp" + algorithm.bits() + "r1"));
        var curve = parameters.getParameterSpec(ECParameterSpec.class);
        var point =
                new ECPoint(
                        number(octets.slice(1, 1 + size)),
                        number(octets.slice(1 + size, octets.size())));
        requireOnCurve(curve, point);
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
    }

    /// y² = x³ + ax + b: the JDK looks only when the key is used, and not everywhere.
    private static void requireOnCurve(ECParameterSpec spec, ECPoint point)
            throws MalformedException {
        var curve = spec.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        var x = point.getAffineX();
        var y = point.getAffineY();
        var right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
            throw new MalformedException("a point beside its curve");
        }
    }

    private static PublicKey edwards(Bytes octets)
            throws GeneralSecurityException, MalformedException {
        if (octets.size() != 32) {
            throw new MalformedException("a point of another form");
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Bytes.concat(ED25519, octets).toArray()));
    }

    static BigInteger number(Bytes octets) {
        return new BigInteger(1, octets.toArray());
    }
}
