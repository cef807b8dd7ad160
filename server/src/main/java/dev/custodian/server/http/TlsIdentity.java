package dev.custodian.server.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.crypto.spec.PBEParameterSpec;

/// The key and the certificate chain with which the server shows itself.
///
/// @param key the private key of the first certificate
/// @param chain leaf first, at least the leaf
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    // A key store wants a password even when it never leaves memory; it protects nothing here, and
    // so one iteration is enough: the usual ten thousand took a fifth of the server's start.
    static final String STORE_PASSWORD = "memory";
    private static final String STORE_CIPHER = "PBEWithHmacSHA256AndAES_256";
    private static final int STORE_ITERATIONS = 1;

    /// Copies the chain and tries the key on its leaf.
    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
        if (!isPair(key, chain.getFirst().getPublicKey())) {
            throw new IllegalArgumentException("the key is not the certificate's");
        }
    }

    KeyStore keyStore() {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setEntry(
                    "tls",
                    new KeyStore.PrivateKeyEntry(key, chain.toArray(Certificate[]::new)),
                    new KeyStore.PasswordProtection(
                            STORE_PASSWORD.toCharArray(),
                            STORE_CIPHER,
                            new PBEParameterSpec(new byte[8], STORE_ITERATIONS)));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the key or the chain cannot be used", e);
        }
    }

    private static boolean isPair(PrivateKey key, PublicKey publicKey) {
        String scheme =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                };
        try {
            var signature = Signature.getInstance(scheme);
            signature.initSign(key);
            signature.update(new byte[32]);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(new byte[32]);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// Says whose identity it is, and nothing of the key.
    @Override
    public String toString() {
        return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
