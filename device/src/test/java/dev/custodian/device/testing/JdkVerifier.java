package dev.custodian.device.testing;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/// Signatures judged by the JDK, over the whole message: not over the digest that was signed.
public final class JdkVerifier {
    private JdkVerifier() {}

    /// Whether it is one of this key over this message.
    ///
    /// @param signature as device keys give it: ECDSA as `r | s`
    public static boolean verifies(PublicKey key, Scheme scheme, byte[] message, Bytes signature)
            throws GeneralSecurityException {
        var verifier =
                Signature.getInstance(
                        scheme.family() == KeyAlgorithm.Family.EC
                                ? scheme.jca() + "inP1363Format"
                                : scheme.jca());
        if (scheme.isPss()) {
            var hash = scheme.hash();
            verifier.setParameter(
                    new PSSParameterSpec(
                            hash.jca(),
                            "MGF1",
                            new MGF1ParameterSpec(hash.jca()),
                            hash.length(),
                            1));
        }
        return verified(verifier, key, message, signature);
    }

    /// One by Ed25519.
    public static boolean verifiesEd25519(PublicKey key, byte[] message, Bytes signature)
            throws GeneralSecurityException {
        return verified(Signature.getInstance("Ed25519"), key, message, signature);
    }

    private static boolean verified(
            Signature verifier, PublicKey key, byte[] message, Bytes signature)
            throws GeneralSecurityException {
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature.toArray());
    }
}
