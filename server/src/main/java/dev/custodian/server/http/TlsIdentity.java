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

/// The key and the certificate chain with which the server shows itself.
///
/// @param key the private key of the first certificate
/// @param chain leaf first, at least the leaf
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    // A key store wants a password even when it never leaves memory; it protects nothing here.
    static final String STORE_PASSWORD = "memory";

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
            store.setKeyEntry(
                    "tls", key, STORE_PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
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
