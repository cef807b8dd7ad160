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

/// What the agent's key ring holds of a credential's certificates.
final class Certificates {
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

    private static X509Certificate read(Bytes der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der.toArray()));
    }
}
