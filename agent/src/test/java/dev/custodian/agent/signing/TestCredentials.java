package dev.custodian.agent.signing;

import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// A credential whose private key the test has: certificate in as little of RFC 5280 §4.1 as a
/// parser needs.
public record TestCredentials(Credential credential, PrivateKey key) {
    private static final Bytes ECDSA_SHA256 = Bytes.fromHex("300a06082a8648ce3d040302");
    private static final Bytes RSA_SHA256 = Bytes.fromHex("300d06092a864886f70d01010b0500");
    private static final Bytes COMMON_NAME = Bytes.fromHex("0603550403");
    private static final int SEQUENCE = 0x30;
    private static final Instant UNTIL = Instant.parse("2045-01-01T00:00:00Z");
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    public static TestCredentials of(KeyAlgorithm algorithm, Purpose purpose, String name) {
        return of(algorithm, purpose, name, 100);
    }

    static TestCredentials of(KeyAlgorithm algorithm, Purpose purpose, String name, int multisign) {
        try {
            var pair = pair(algorithm);
            var id =
                    Id.of(
                            Id.Kind.CREDENTIAL,
                            Hashes.sha256(Bytes.utf8(purpose.text() + algorithm.display()))
                                    .slice(0, 16));
            var credential =
                    new Credential(
                            id,
                            name,
                            algorithm,
                            null,
                            List.of(certificate(name, name, UNTIL, pair)),
                            true,
                            multisign,
                            purpose,
                            Custody.OWNER_SEALED,
                            Origin.EMBEDDED);
            return new TestCredentials(credential, pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// Signs a digest as the server would.
    public Bytes sign(SignatureScheme scheme, Bytes digest) {
        try {
            var ec = key.getAlgorithm().equals("EC");
            var signer = Signature.getInstance(ec ? "NONEwithECDSA" : "NONEwithRSA");
            signer.initSign(key);
            if (!ec) {
                signer.update(scheme.scheme().hash().digestInfoPrefix().toArray());
            }
            signer.update(digest.toArray());
            return Bytes.of(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair pair(KeyAlgorithm algorithm) throws GeneralSecurityException {
        var rsa = algorithm.family() == KeyAlgorithm.Family.RSA;
        var generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        if (rsa) {
            generator.initialize(algorithm.bits());
        } else {
            generator.initialize(new ECGenParameterSpec(algorithm.jcaCurve()));
        }
        return generator.generateKeyPair();
    }

    /// A certificate over a new key. No issuer has really signed it.
    public static X509Certificate certificate(String subject, String issuer, Instant until) {
        try {
            return certificate(subject, issuer, until, pair(KeyAlgorithm.P256));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes name(String commonName) {
        var attribute = der(SEQUENCE, COMMON_NAME, der(0x0c, Bytes.utf8(commonName)));
        return der(SEQUENCE, der(0x31, attribute));
    }

    private static X509Certificate certificate(
            String subject, String issuer, Instant until, KeyPair pair)
            throws GeneralSecurityException {
        var rsa = pair.getPublic().getAlgorithm().equals("RSA");
        var algorithm = rsa ? RSA_SHA256 : ECDSA_SHA256;
        var validity =
                der(
                        SEQUENCE,
                        der(0x17, Bytes.utf8("250101000000Z")),
                        der(0x17, Bytes.utf8(UTC_TIME.format(until))));
        var content =
                der(
                        SEQUENCE,
                        der(0x02, Bytes.of((byte) 1)),
                        algorithm,
                        name(issuer),
                        validity,
                        name(subject),
                        Bytes.of(pair.getPublic().getEncoded()));
        var signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(content.toArray());
        var bits = Bytes.concat(Bytes.of((byte) 0), Bytes.of(signature.sign()));
        var whole = der(SEQUENCE, content, algorithm, der(0x03, bits));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(whole.toArray()));
    }

    private static Bytes der(int tag, Bytes... parts) {
        var content = Bytes.concat(parts);
        int size = content.size();
        var length =
                size < 0x80
                        ? Bytes.of((byte) size)
                        : Bytes.of((byte) 0x82, (byte) (size >> 8), (byte) size);
        return Bytes.concat(Bytes.of((byte) tag), length, content);
    }

    @Override
    public String toString() {
        return "TestCredentials[" + credential.description() + "]";
    }
}
