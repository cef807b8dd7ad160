package dev.custodian.core.attest;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
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
        var key = PublicNumbers.rsa(algorithm, modulus, exponent);
        if (Roca.marks(modulus)) {
            throw new MalformedException("a modulus that can be factored");
        }
        return key;
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
                                        && isOn(ec.getParams(), PublicNumbers.curve(algorithm));
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
            case ECPublicKey ec ->
                    PublicNumbers.point(algorithm, ec.getW().getAffineX(), ec.getW().getAffineY());
            default -> throw new MalformedException("no key of ours");
        };
    }
}
