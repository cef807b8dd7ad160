package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/// A key in the memory of this process, which came from a file.
sealed class SoftwareKey implements DeviceKey, CertificateHolding {
    /// How the name of the file with its certificates ends.
    static final String CERTIFICATES = ".p8crt";

    private static final SecureRandom RANDOM = new SecureRandom();

    /// Refuses when the store of the key was closed.
    interface Store {
        void requireOpen() throws DeviceException;
    }

    private final KeyUri uri;
    private final KeyType type;
    private final PublicKey publicKey;
    private final Store store;
    private final CertificateFile certificates;
    private volatile @Nullable PrivateKey privateKey;

    private SoftwareKey(KeyUri uri, KeyFile file, CertificateFile certificates, Store store) {
        this.uri = uri;
        this.type = file.type();
        this.publicKey = file.publicKey();
        this.privateKey = file.privateKey();
        this.certificates = certificates;
        this.store = store;
    }

    /// @param plain the folder of the key, with files as they are
    /// @param name of the key
    static SoftwareKey of(PrivateFolder plain, String name, KeyFile file, Store store) {
        var uri = new KeyUri.SoftwareFile(plain.path(name + KeyFile.SUFFIX));
        var certificates = new CertificateFile(plain, name + CERTIFICATES, file.publicKey());
        return file.type() == KeyType.ED25519
                ? new OfMessages(uri, file, certificates, store)
                : new SoftwareKey(uri, file, certificates, store);
    }

    @Override
    public KeyUri uri() {
        return uri;
    }

    @Override
    public KeyType type() {
        return type;
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
        var key = open();
        Digests.require(type, scheme, digest);
        try {
            return Bytes.of(
                    switch (scheme.family()) {
                        case EC -> signed("NONEwithECDSAinP1363Format", key, digest);
                        case RSA ->
                                scheme.isPss()
                                        ? pss(key, scheme, digest)
                                        : pkcs1(key, scheme, digest);
                    });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that signed before no longer does", e);
        }
    }

    final PrivateKey open() throws DeviceException {
        store.requireOpen();
        var key = privateKey;
        if (key == null) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
        return key;
    }

    private static byte[] signed(String algorithm, PrivateKey key, Bytes what)
            throws GeneralSecurityException {
        var signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(what.toArray());
        return signature.sign();
    }

    /// RFC 8017 §8.2.1: the cipher pads as EMSA-PKCS1-v1_5 does when it has a private key.
    private static byte[] pkcs1(PrivateKey key, Scheme scheme, Bytes digest)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(Bytes.concat(scheme.hash().digestInfoPrefix(), digest).toArray());
    }

    private static byte[] pss(PrivateKey key, Scheme scheme, Bytes digest)
            throws GeneralSecurityException {
        int bits = ((RSAKey) key).getModulus().bitLength();
        var cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(Pss.encode(scheme.hash(), digest, bits, RANDOM));
    }

    @Override
    public List<X509Certificate> certificates() throws DeviceException {
        var _ = open();
        return certificates.read();
    }

    @Override
    public void keep(List<X509Certificate> chain) throws DeviceException {
        var _ = open();
        certificates.keep(chain);
    }

    @Override
    public void close() {
        privateKey = null;
    }

    @Override
    public String toString() {
        return "DeviceKey " + uri;
    }

    private static final class OfMessages extends SoftwareKey implements MessageSigning {
        private OfMessages(KeyUri uri, KeyFile file, CertificateFile certificates, Store store) {
            super(uri, file, certificates, store);
        }

        @Override
        public Bytes sign(Bytes message) throws DeviceException {
            var key = open();
            try {
                return Bytes.of(signed("Ed25519", key, message));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a key that signed before no longer does", e);
            }
        }
    }
}
