package dev.custodian.device.testing;

import dev.custodian.core.Bytes;
import dev.custodian.core.der.Der;
import dev.custodian.core.der.Tag;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;

/// A certificate that a key gets from somebody whom nobody knows.
public final class SomeCertificate {
    private static final Bytes ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

    private SomeCertificate() {}

    /// For a day, from an hour ago.
    public static X509Certificate of(PublicKey key, String name) {
        var now = Instant.now();
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(generator.generateKeyPair().getPrivate());
            var body =
                    Der.sequence(
                            Der.of(Tag.context(0), Der.integer(BigInteger.TWO)),
                            Der.integer(BigInteger.valueOf(now.toEpochMilli())),
                            ECDSA_SHA256,
                            named("Somebody"),
                            Der.sequence(
                                    Der.time(now.minus(Duration.ofHours(1))),
                                    Der.time(now.plus(Duration.ofDays(1)))),
                            named(name),
                            Bytes.of(key.getEncoded()));
            signer.update(body.toArray());
            var whole = Der.sequence(body, ECDSA_SHA256, Der.bits(Bytes.of(signer.sign())));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(whole.toArray()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes named(String name) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name))));
    }
}
