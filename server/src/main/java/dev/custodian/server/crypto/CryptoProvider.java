package dev.custodian.server.crypto;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works with opened private keys and checks the signatures of devices and their sessions:
/// Conscrypt (BoringSSL) where its native library loads, else the JDK. Everything else, keys that
/// are made included, is the JDK's.
public final class CryptoProvider {
    private static final Logger LOG = LoggerFactory.getLogger(CryptoProvider.class);

    private static final CryptoProvider JDK = new CryptoProvider(null);

    private final @Nullable Provider provider;

    private CryptoProvider(@Nullable Provider provider) {
        this.provider = provider;
    }

    private static final class Fastest {
        private static final CryptoProvider ONE = load();

        private static CryptoProvider load() {
            try {
                Conscrypt.checkAvailability();
                return new CryptoProvider(Conscrypt.newProviderBuilder().build());
            } catch (LinkageError e) {
                LOG.warn("Conscrypt does not load here: the JDK uses private keys, slower", e);
                return JDK;
            }
        }
    }

    /// The one that every machine has.
    public static CryptoProvider jdk() {
        return JDK;
    }

    /// The fastest that this machine has; found once.
    public static CryptoProvider fastest() {
        return Fastest.ONE;
    }

    /// Reads keys.
    ///
    /// @param algorithm a JCA name: `RSA`, `EC`
    public KeyFactory keys(String algorithm) throws GeneralSecurityException {
        return provider == null
                ? KeyFactory.getInstance(algorithm)
                : KeyFactory.getInstance(algorithm, provider);
    }

    /// Signs what is hashed already.
    ///
    /// @param algorithm a JCA name: `NONEwithRSA`, `NONEwithECDSA`
    public Signature signature(String algorithm) throws GeneralSecurityException {
        return provider == null
                ? Signature.getInstance(algorithm)
                : Signature.getInstance(algorithm, provider);
    }

    /// RSA without any padding.
    public Cipher plainRsa() throws GeneralSecurityException {
        var transformation = "RSA/ECB/NoPadding";
        return provider == null
                ? Cipher.getInstance(transformation)
                : Cipher.getInstance(transformation, provider);
    }

    /// Checks ES256 (RFC 7518 §3.4).
    ///
    /// @param spki a P-256 key, DER
    public JWSVerifier es256(byte[] spki) throws GeneralSecurityException, JOSEException {
        return es256((ECPublicKey) keys("EC").generatePublic(new X509EncodedKeySpec(spki)));
    }

    /// Checks ES256 (RFC 7518 §3.4).
    ///
    /// @param key on P-256
    public JWSVerifier es256(ECPublicKey key) throws JOSEException {
        var verifier = new ECDSAVerifier(key);
        if (provider != null) {
            verifier.getJCAContext().setProvider(provider);
        }
        return verifier;
    }

    /// Its name, for whoever measures.
    @Override
    public String toString() {
        return provider == null ? "JDK" : provider.getName();
    }
}
