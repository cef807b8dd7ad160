package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.jspecify.annotations.Nullable;

/// Checks signatures over ready digests: the counterpart of [PrivateKeys]. RSA by the JDK's
/// providers; ECDSA by Bouncy Castle, which takes a third of their time.
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
        var scheme = how.scheme();
        try {
            return switch (scheme.family()) {
                case EC -> ecdsa(key, digest, signature);
                case RSA ->
                        scheme.isPss()
                                ? pss(key, how, digest, signature)
                                : pkcs1(
                                        key,
                                        Bytes.concat(scheme.hash().digestInfoPrefix(), digest),
                                        signature);
            };
        } catch (SignatureException e) {
            // Octets that are no signature at all are said so by some providers.
            return false;
        }
    }

    private static boolean pkcs1(PublicKey key, Bytes input, Bytes signature)
            throws GeneralSecurityException {
        var verifying = Signature.getInstance("NONEwithRSA");
        verifying.initVerify(key);
        verifying.update(input.toArray());
        return verifying.verify(signature.toArray());
    }

    private static boolean ecdsa(PublicKey key, Bytes digest, Bytes signature)
            throws GeneralSecurityException {
        ECPublicKeyParameters point;
        try {
            point = (ECPublicKeyParameters) PublicKeyFactory.createKey(key.getEncoded());
        } catch (IOException | ClassCastException e) {
            throw new GeneralSecurityException("ECDSA needs a key on a curve", e);
        }
        BigInteger[] numbers;
        try {
            var order = point.getParameters().getN();
            numbers = StandardDSAEncoding.INSTANCE.decode(order, signature.toArray());
        } catch (IOException | RuntimeException e) {
            // Not the DER of two numbers below the order: each way to be wrong has its exception.
            return false;
        }
        var verifying = new ECDSASigner();
        verifying.init(false, point);
        return verifying.verifySignature(digest.toArray(), numbers[0], numbers[1]);
    }

    private static boolean pss(PublicKey key, SignatureScheme how, Bytes digest, Bytes signature)
            throws GeneralSecurityException {
        if (!(key instanceof RSAPublicKey rsa)) {
            throw new GeneralSecurityException("PSS needs an RSA key");
        }
        int bits = rsa.getModulus().bitLength();
        if (signature.size() != (bits + 7) / 8) {
            return false;
        }
        var cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        byte[] block;
        try {
            block = cipher.doFinal(signature.toArray());
        } catch (GeneralSecurityException e) {
            // A number that is not below the modulus.
            return false;
        }
        var hash = how.scheme().hash();
        var salt = EmsaPss.salt(hash, block, how.saltLength(), bits - 1);
        return MessageDigest.isEqual(block, EmsaPss.encode(hash, digest.toArray(), salt, bits - 1));
    }
}
