package dev.custodian.core.attest;

import static dev.custodian.core.attest.TpmAttestation.read;
import static dev.custodian.core.attest.TpmAttestation.require;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The judgement of an EK's certificate, step by step (EK Credential Profile §3.2): each takes what
/// the one before has proved, so that none is left out.
final class EndorsementSteps {
    /// `tcg-kp-EKCertificate`.
    private static final String EK_CERTIFICATE = "2.23.133.8.1";

    private static final String SUBJECT_ALT_NAME = "2.5.29.17";

    private EndorsementSteps() {}

    static Step1 of(Claim claim, List<Authority> authorities, Instant now) {
        return new Step1(claim, new Trust(authorities, now));
    }

    /// Whom one trusts, and when.
    record Trust(List<Authority> authorities, Instant now) {}

    /// The certificates are such, in DER, and nothing follows them.
    record Step1(Claim claim, Trust trust) {
        Step2 next() throws NotProvedException {
            var certificate =
                    read(Flaw.CERTIFICATE_MALFORMED, () -> certificate(claim.certificate()));
            var chain = new ArrayList<X509Certificate>();
            for (var one : claim.chain()) {
                chain.add(read(Flaw.CERTIFICATE_MALFORMED, () -> certificate(one)));
            }
            return new Step2(certificate, List.copyOf(chain), trust);
        }
    }

    static X509Certificate certificate(Bytes der) throws MalformedException {
        try {
            var in = new ByteArrayInputStream(der.toArray());
            var made = CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (made instanceof X509Certificate certificate
                    && Arrays.equals(certificate.getEncoded(), der.toArray())) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw new MalformedException("no certificate");
        }
        throw new MalformedException("no certificate alone");
    }

    /// The key is of a kind that can be asked.
    record Step2(X509Certificate certificate, List<X509Certificate> chain, Trust trust) {
        Step3 next() throws NotProvedException {
            return read(
                    Flaw.CERTIFICATE_KEY,
                    () -> {
                        var held = PublicNumbers.ofCertificate(certificate.getPublicKey());
                        var algorithm = PublicKeys.algorithm(held);
                        var key = PublicKeys.plain(algorithm, held);
                        return new Step3(this, algorithm, key);
                    });
        }
    }

    /// It is for an EK and vouches for nobody else (§3.2.15, §3.2.16).
    record Step3(Step2 before, KeyAlgorithm algorithm, PublicKey key) {
        Step4 next() throws NotProvedException {
            var certificate = before.certificate;
            boolean fits =
                    read(
                            Flaw.CERTIFICATE_PURPOSE,
                            () -> {
                                try {
                                    var purposes = certificate.getExtendedKeyUsage();
                                    return purposes != null && purposes.contains(EK_CERTIFICATE);
                                } catch (CertificateException e) {
                                    throw new MalformedException("no purposes");
                                }
                            });
            require(fits && certificate.getBasicConstraints() == -1, Flaw.CERTIFICATE_PURPOSE);
            return new Step4(this);
        }
    }

    /// It names manufacturer, model and version (§3.2.9).
    record Step4(Step3 before) {
        Step5 next() throws NotProvedException {
            var names = before.before.certificate.getExtensionValue(SUBJECT_ALT_NAME);
            require(names != null, Flaw.CERTIFICATE_MAKER);
            return new Step5(
                    before, read(Flaw.CERTIFICATE_MAKER, () -> TpmMaker.read(Bytes.of(names))));
        }
    }

    /// Certificates lead from it to a root that is trusted now.
    record Step5(Step3 before, TpmMaker maker) {
        Step6 next() throws NotProvedException {
            var first = before.before;
            var way = Chain.way(first.certificate, first.chain, first.trust);
            return new Step6(new Endorsement(before.key, before.algorithm, maker, way));
        }
    }

    /// All of it holds.
    record Step6(Endorsement endorsement) {}
}
