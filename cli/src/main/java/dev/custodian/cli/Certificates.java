package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// What the agent's key ring holds of a credential's certificates.
final class Certificates {
    /// What RFC 4514 has no word for, and a person's certificate holds.
    private static final Map<String, String> NAMES =
            Map.of("2.5.4.4", "surname", "2.5.4.5", "serialNumber", "2.5.4.42", "givenName");

    private Certificates() {}

    /// The credential's own first; empty before it is certified.
    static List<X509Certificate> of(Credential credential) throws Refused {
        try {
            var chain = new ArrayList<X509Certificate>();
            for (var der : credential.chain()) {
                chain.add(read(der));
            }
            return chain;
        } catch (CertificateException e) {
            throw new Refused(
                    FailureKind.AGENT_BROKEN,
                    "The certificate of " + credential.id() + " cannot be read.");
        }
    }

    /// Whom a certificate names (RFC 2253).
    static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, NAMES);
    }

    private static X509Certificate read(Bytes der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der.toArray()));
    }
}
