package dev.custodian.server;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The TLS certificate that `init` makes: agents believe it because the identity vouches for its
/// key, not because of who issued it.
final class SelfSigned {
    private static final Duration LIFE = Duration.ofDays(3650);
    private static final Duration BEFORE = Duration.ofHours(1);

    private SelfSigned() {}

    static X509Certificate certificate(KeyPair pair, String host, String url, Clock clock)
            throws GeneralSecurityException {
        var now = clock.instant();
        var name = new X500Principal("CN=Custodian");
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(127, new SecureRandom()).setBit(126),
                        Date.from(now.minus(BEFORE)),
                        Date.from(now.plus(LIFE)),
                        name,
                        pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(Extension.subjectAlternativeName, false, names(host, url));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException("the certificate cannot be made", e);
        }
    }

    private static GeneralNames names(String host, String url) {
        Set<String> hosts = new LinkedHashSet<>();
        if (!url.isEmpty()) {
            hosts.add(URI.create(url).getHost());
        }
        hosts.add(host);
        hosts.add("localhost");
        hosts.add("127.0.0.1");
        hosts.add("::1");
        return new GeneralNames(hosts.stream().map(SelfSigned::name).toArray(GeneralName[]::new));
    }

    private static GeneralName name(String host) {
        var plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        boolean address = plain.contains(":") || plain.matches("[0-9.]+");
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, plain);
    }
}
