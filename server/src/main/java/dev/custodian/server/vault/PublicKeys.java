package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/// Public keys, and signatures over ready digests: the counterpart of [PrivateKeys].
final class PublicKeys {
    private PublicKeys() {}

    static PublicKey parse(KeyAlgorithm algorithm, Bytes spki) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm.family().name())
                .generatePublic(new X509EncodedKeySpec(spki.toArray()));
    }

    /// What kind of key this is; null for one that is not in the table.
    static @Nullable KeyAlgorithm algorithm(PublicKey key) throws GeneralSecurityException {
        for (var algorithm : KeyAlgorithm.values()) {
            boolean fits =
                    switch (key) {
                        case RSAPublicKey rsa ->
                                algorithm.family() == KeyAlgorithm.Family.RSA
                                        && rsa.getModulus().bitLength() == algorithm.bits();
                        case ECPublicKey ec -> isOn(algorithm, ec);
                        default -> false;
                    };
            if (fits) {
                return algorithm;
            }
        }
        return null;
    }

    private static boolean isOn(KeyAlgorithm algorithm, ECPublicKey key)
            throws GeneralSecurityException {
        if (algorithm.family() != KeyAlgorithm.Family.EC) {
            return false;
        }
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(algorithm.jcaCurve()));
        var ours = parameters.getParameterSpec(ECParameterSpec.class);
        var theirs = key.getParams();
        return theirs.getCurve().equals(ours.getCurve())
                && theirs.getGenerator().equals(ours.getGenerator())
                && theirs.getOrder().equals(ours.getOrder());
    }

    /// Whether this is a signature of the digest by the key in exactly that scheme, salt length
    /// included.
    static boolean verifies(PublicKey key, SignatureScheme how, Bytes digest, Bytes signature)
            throws GeneralSecurityException {
        return VerifyingKey.of(key).verifies(how, digest, signature);
    }
}
