package dev.custodian.client;

import static java.util.Objects.requireNonNull;

import dev.custodian.core.Bytes;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.Map;

/// Keys with self-signed certificates (RFC 5280 §4.1, as little of it as TLS needs), made once for
/// all tests.
final class TestKeys {
    private static final Bytes ECDSA_SHA256 = Bytes.fromHex("300a06082a8648ce3d040302");
    private static final Bytes RSA_SHA256 = Bytes.fromHex("300d06092a864886f70d01010b0500");
    private static final Bytes COMMON_NAME = Bytes.fromHex("0603550403");
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    /// Below the constants that it is made with.
    static final TestKeys KEYS = new TestKeys();

    private final Map<String, KeyPair> pairs = new HashMap<>();
    private final Map<String, X509Certificate> certificates = new HashMap<>();

    private TestKeys() {
        try {
            for (var alias : new String[] {"tls", "tls2", "ec", "ec2", "rsa", "rsa2"}) {
                var pair = pair(alias.startsWith("rsa"));
                pairs.put(alias, pair);
                certificates.put(alias, certificate(alias, pair));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate certificate(String alias) {
        return requireNonNull(certificates.get(alias));
    }

    PrivateKey privateKey(String alias) {
        return requireNonNull(pairs.get(alias)).getPrivate();
    }

    private static KeyPair pair(boolean rsa) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        if (rsa) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair();
    }

    static X509Certificate certificate(String name, KeyPair pair) throws GeneralSecurityException {
        var rsa = pair.getPublic().getAlgorithm().equals("RSA");
        var algorithm = rsa ? RSA_SHA256 : ECDSA_SHA256;
        var attribute = der(SEQUENCE, COMMON_NAME, der(0x0c, Bytes.utf8(name)));
        var subject = der(SEQUENCE, der(SET, attribute));
        var validity =
                der(
                        SEQUENCE,
                        der(0x17, Bytes.utf8("250101000000Z")),
                        der(0x17, Bytes.utf8("450101000000Z")));
        var content =
                der(
                        SEQUENCE,
                        der(0x02, Bytes.of((byte) 1)),
                        algorithm,
                        subject,
                        validity,
                        subject,
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
        if (size >= 0x80 && size < 0x100) {
            length = Bytes.of((byte) 0x81, (byte) size);
        }
        return Bytes.concat(Bytes.of((byte) tag), length, content);
    }
}
