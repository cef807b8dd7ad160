package dev.custodian.server.trust;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate of somebody who vouches for himself.
public final class TestRoot {
    private TestRoot() {}

    public static X509Certificate named(String name) {
        try {
            var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
            var subject = new X500Name("CN=" + name);
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            subject,
                                            BigInteger.ONE,
                                            Date.from(Instant.parse("2020-01-01T00:00:00Z")),
                                            Date.from(Instant.parse("2040-01-01T00:00:00Z")),
                                            subject,
                                            pair.getPublic())
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(pair.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
