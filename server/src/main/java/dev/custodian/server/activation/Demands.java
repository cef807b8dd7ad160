package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.store.CredentialRow;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;

/// What a credential itself demands of an approval: a level, a number of signatures and, but for
/// requesting one, a certificate that is valid now.
final class Demands {
    private final Clock clock;

    Demands(Clock clock) {
        this.clock = clock;
    }

    void sign(CredentialRow credential, Matter.Sign sign, Hardware.Bound bound) throws Refused {
        var policy = policy(credential);
        if (sign.digests().size() > policy.multisign()) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "One approval may cover " + policy.multisign() + " signatures.");
        }
        checkLevel(credential, policy, bound);
        if (sign.purpose() != Purpose.CERTIFICATE_REQUEST) {
            checkCertificate(credential);
        }
    }

    void consent(CredentialRow credential, Hardware.Bound bound) throws Refused {
        checkLevel(credential, policy(credential), bound);
        checkCertificate(credential);
    }

    private static void checkLevel(CredentialRow credential, Policy policy, Hardware.Bound bound)
            throws Refused {
        boolean sealed = credential.custody() == Custody.OWNER_SEALED;
        var least = sealed && policy.level() == Level.ASSERTED ? Level.BOUND : policy.level();
        if (least.compareTo(bound.level()) > 0) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "The credential demands an approval of level " + least + ". " + bound.why());
        }
    }

    private void checkCertificate(CredentialRow credential) throws Refused {
        if (credential.certificates().isEmpty()) {
            if (credential.purpose().needsCertificate()) {
                throw new Refused(FailureKind.CREDENTIAL_DISABLED);
            }
            return;
        }
        checkValidity(credential.certificates().getFirst());
    }

    private static Policy policy(CredentialRow credential) throws Refused {
        try {
            return Policy.decode(credential.policy());
        } catch (MalformedException e) {
            throw new Refused(FailureKind.TAMPERED, "The credential's policy cannot be read.");
        }
    }

    private void checkValidity(Bytes certificate) throws Refused {
        try {
            var x509 =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(certificate.toArray()));
            x509.checkValidity(Date.from(clock.instant()));
        } catch (CertificateException e) {
            throw new Refused(FailureKind.CREDENTIAL_DISABLED, "Its certificate is not valid now.");
        }
    }
}
