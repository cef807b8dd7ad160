package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.jspecify.annotations.Nullable;

/// A public key that is ready to check signatures over ready digests. RSA by the JDK's providers;
/// ECDSA by Bouncy Castle, which keeps multiples of the key's point: from the second signature on
/// it takes a sixth of the JDK's time.
final class VerifyingKey {
    private final PublicKey key;
    private final @Nullable ECPublicKeyParameters point;

    private VerifyingKey(PublicKey key, @Nullable ECPublicKeyParameters point) {
        this.key = key;
        this.point = point;
    }

    static VerifyingKey of(PublicKey key) throws GeneralSecurityException {
        return new VerifyingKey(key, key instanceof ECPublicKey ? point(key) : null);
    }

    private static ECPublicKeyParameters point(PublicKey key) throws GeneralSecurityException {
        try {
            return (ECPublicKeyParameters) PublicKeyFactory.createKey(key.getEncoded());
        } catch (IOException | ClassCastException e) {
            throw new GeneralSecurityException("ECDSA needs a key on a curve", e);
        }
    }

    /// Whether this is a signature of the digest by the key in exactly that scheme, salt length
    /// included.
    boolean verifies(SignatureScheme how, Bytes digest, Bytes signature)
            throws GeneralSecurityException {
        var scheme = how.scheme();
        try {
            return switch (scheme.family()) {
                case EC -> ecdsa(digest, signature);
                case RSA ->
                        scheme.isPss()
                                ? pss(how, digest, signature)
                                : pkcs1(
                                        Bytes.concat(scheme.hash().digestInfoPrefix(), digest),
                                        signature);
            };
        } catch (SignatureException e) {
            // Octets that are no signature at all are said so by some providers.
            return false;
        }
    }

    private boolean pkcs1(Bytes input, Bytes signature) throws GeneralSecurityException {
        var verifying = Signature.getInstance("NONEwithRSA");
        verifying.initVerify(key);
        verifying.update(input.toArray());
        return verifying.verify(signature.toArray());
    }

    private boolean ecdsa(Bytes digest, Bytes signature) throws GeneralSecurityException {
        if (point == null) {
            throw new GeneralSecurityException("ECDSA needs a key on a curve");
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

    private boolean pss(SignatureScheme how, Bytes digest, Bytes signature)
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
