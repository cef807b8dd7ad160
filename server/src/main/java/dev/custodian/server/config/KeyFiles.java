package dev.custodian.server.config;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.server.http.TlsIdentity;
import dev.custodian.server.journal.CheckpointKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/// The server's own keys, as its key files hold them.
///
/// @param identity P-256: what agents pin
/// @param journal Ed25519: signs checkpoints
/// @param tls key and chain
public record KeyFiles(KeyPair identity, KeyPair journal, TlsIdentity tls) {
    private static final String ORIGIN = "custodian-";

    /// Reads the files that the configuration names.
    public static KeyFiles read(Config config) throws Refused {
        return new KeyFiles(
                pair(config.identity(), "EC", "SHA256withECDSA"),
                pair(config.journal(), "Ed25519", "Ed25519"),
                tls(config.tls()));
    }

    /// The identity key's SubjectPublicKeyInfo.
    public Bytes spki() {
        return Bytes.of(identity.getPublic().getEncoded());
    }

    /// What an agent pins.
    public Bytes thumbprint() {
        return Hashes.sha256(spki());
    }

    /// The journal's key. The journal is named for the identity, so that no two have one name.
    public CheckpointKey checkpointKey() {
        return new CheckpointKey(
                ORIGIN + thumbprint().base64Url(), journal.getPublic(), journal.getPrivate());
    }

    /// H(SPKI) of the TLS key.
    public Bytes tlsHash() {
        return Hashes.sha256(Bytes.of(tls.chain().getFirst().getPublicKey().getEncoded()));
    }

    /// The text of a key file.
    public static String write(KeyPair pair) {
        return Pem.write(Pem.PRIVATE_KEY, Bytes.of(pair.getPrivate().getEncoded()))
                + Pem.write(Pem.PUBLIC_KEY, Bytes.of(pair.getPublic().getEncoded()));
    }

    /// The text of a TLS key file.
    public static String write(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        return Pem.write(Pem.PRIVATE_KEY, Bytes.of(key.getEncoded()))
                + Pem.write(Pem.CERTIFICATE, Bytes.of(certificate.getEncoded()));
    }

    private static KeyPair pair(Path file, String algorithm, String signature) throws Refused {
        var text = PrivateFile.read(file);
        try {
            var keys = KeyFactory.getInstance(algorithm);
            var spki = one(Pem.read(text, Pem.PUBLIC_KEY));
            var pair =
                    new KeyPair(
                            keys.generatePublic(new X509EncodedKeySpec(spki.toArray())),
                            privateKey(text, algorithm));
            requirePair(pair.getPublic(), pair.getPrivate(), signature);
            return pair;
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(
                    file, "does not hold a private key and its public key (" + algorithm + ")");
        }
    }

    private static TlsIdentity tls(Path file) throws Refused {
        var text = PrivateFile.read(file);
        try {
            var chain = new ArrayList<X509Certificate>();
            for (var der : Pem.read(text, Pem.CERTIFICATE)) {
                chain.add(
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509")
                                        .generateCertificate(
                                                new ByteArrayInputStream(der.toArray())));
            }
            if (chain.isEmpty()) {
                throw unusable(file, "holds no certificate");
            }
            var key = privateKey(text, chain.getFirst().getPublicKey().getAlgorithm());
            return new TlsIdentity(key, chain);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unusable(file, "does not hold a private key and its certificate");
        }
    }

    private static PrivateKey privateKey(String text, String algorithm)
            throws GeneralSecurityException, IOException {
        var der = one(Pem.read(text, Pem.PRIVATE_KEY));
        return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(der.toArray()));
    }

    private static Bytes one(List<Bytes> blocks) throws IOException {
        if (blocks.size() != 1) {
            throw new IOException("not exactly one block");
        }
        return blocks.getFirst();
    }

    private static void requirePair(PublicKey publicKey, PrivateKey key, String algorithm)
            throws GeneralSecurityException {
        var probe = Bytes.utf8("custodian/probe/1").toArray();
        var signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(probe);
        var made = signing.sign();
        var verifying = Signature.getInstance(algorithm);
        verifying.initVerify(publicKey);
        verifying.update(probe);
        if (!verifying.verify(made)) {
            throw new GeneralSecurityException("the keys are no pair");
        }
    }

    private static Refused unusable(Path file, String sentence) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " " + sentence + ".");
    }

    /// Says nothing of the keys.
    @Override
    public String toString() {
        return "KeyFiles";
    }
}
