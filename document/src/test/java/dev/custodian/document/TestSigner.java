package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A key with its chain, standing in for the server: it signs digests, as the server does.
final class TestSigner {
    static final Instant NOW = Instant.parse("2027-03-01T10:00:00Z");

    static final TestSigner RSA = make("RSA", KeyUsage.nonRepudiation);
    static final TestSigner EC = make("EC", KeyUsage.nonRepudiation);

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final PrivateKey rootKey;
    private final X509Certificate root;

    private TestSigner(
            KeyPair keys, X509Certificate certificate, PrivateKey rootKey, X509Certificate root) {
        this.keys = keys;
        this.certificate = certificate;
        this.rootKey = rootKey;
        this.root = root;
    }

    static TestSigner make(String algorithm, int keyUsage) {
        return make(algorithm, keyUsage, NOW.plus(90, ChronoUnit.DAYS));
    }

    static TestSigner make(String algorithm, int keyUsage, Instant until) {
        try {
            var rootKeys = keyPair("EC");
            var rootName = new X500Name("CN=TEST root");
            var root =
                    certify(
                            rootName,
                            rootKeys,
                            rootKeys.getPrivate(),
                            KeyUsage.keyCertSign | KeyUsage.cRLSign,
                            NOW.plus(900, ChronoUnit.DAYS));
            var keys = keyPair(algorithm);
            var subject = new X500Name("CN=TEST signer " + algorithm);
            var certificate = certify(subject, keys, rootKeys.getPrivate(), keyUsage, until);
            return new TestSigner(keys, certificate, rootKeys.getPrivate(), root);
        } catch (GeneralSecurityException | OperatorException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair keyPair(String algorithm) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair();
    }

    private static X509Certificate certify(
            X500Name subject, KeyPair keys, PrivateKey issuerKey, int keyUsage, Instant until)
            throws GeneralSecurityException, OperatorException, IOException {
        var issuer = new X500Name("CN=TEST root");
        var builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(subject.hashCode() & 0xffff),
                        Date.from(NOW.minus(100, ChronoUnit.DAYS)),
                        Date.from(until),
                        subject,
                        keys.getPublic());
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
        if (issuer.equals(subject)) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        }
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(issuerKey)));
    }

    private static ContentSigner signer(PrivateKey key) throws OperatorException {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    }

    X509Certificate certificate() {
        return certificate;
    }

    X509Certificate root() {
        return root;
    }

    List<X509Certificate> chain() {
        return List.of(certificate, root);
    }

    /// The root's revocation list, with the signer on it or not.
    X509CRL revocationList(boolean revoked) {
        try {
            var builder = new JcaX509v2CRLBuilder(root, Date.from(NOW.minus(1, ChronoUnit.DAYS)));
            builder.setNextUpdate(Date.from(NOW.plus(7, ChronoUnit.DAYS)));
            if (revoked) {
                builder.addCRLEntry(
                        certificate.getSerialNumber(),
                        Date.from(NOW.minus(2, ChronoUnit.DAYS)),
                        CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter().getCRL(builder.build(signer(rootKey)));
        } catch (GeneralSecurityException | OperatorException e) {
            throw new AssertionError(e);
        }
    }

    Bytes sign(SignatureScheme scheme, Bytes digest) {
        try {
            return Bytes.of(signer(scheme, digest).sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private Signature signer(SignatureScheme scheme, Bytes digest) throws GeneralSecurityException {
        var hash = scheme.scheme().hash();
        Signature signer;
        var message = digest;
        if (scheme.scheme().isPss()) {
            signer = Signature.getInstance("RAWRSASSA-PSS", new BouncyCastleProvider());
            signer.setParameter(
                    new PSSParameterSpec(
                            hash.jca(),
                            "MGF1",
                            new MGF1ParameterSpec(hash.jca()),
                            scheme.saltLength(),
                            PSSParameterSpec.TRAILER_FIELD_BC));
        } else if (scheme.scheme().family() == KeyAlgorithm.Family.RSA) {
            signer = Signature.getInstance("NONEwithRSA");
            message = Bytes.concat(hash.digestInfoPrefix(), digest);
        } else {
            signer = Signature.getInstance("NONEwithECDSA");
        }
        signer.initSign(keys.getPrivate());
        signer.update(message.toArray());
        return signer;
    }
}
