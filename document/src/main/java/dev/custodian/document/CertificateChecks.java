package dev.custodian.document;

import dev.custodian.document.Finding.Check;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What can be said about a signer's certificate without asking anybody: its use, its time and its
/// path (RFC 5280 §6, by the JDK).
final class CertificateChecks {
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int NON_REPUDIATION = 1;
    private static final int MAX_PATH = 6;

    private final List<X509Certificate> certificates;
    private final X509Certificate signer;
    private final Trust trust;
    private final Instant now;

    /// `certificates` came with the signature, the signer's first.
    CertificateChecks(List<X509Certificate> certificates, Trust trust, Instant now) {
        this.certificates = certificates;
        this.signer = certificates.getFirst();
        this.trust = trust;
        this.now = now;
    }

    List<Finding> all(@Nullable Instant claimed) {
        var findings = new ArrayList<Finding>();
        findings.add(keyUsage());
        findings.add(validity(claimed));
        if (trust.anchors().isEmpty()) {
            findings.add(
                    Finding.unknown(
                            Check.PATH,
                            "Whether the certificate leads to a root that you trust is unknown: no root was given."));
            return findings;
        }
        var path = path();
        if (path == null) {
            findings.add(
                    Finding.fails(
                            Check.PATH, "The certificate does not lead to a root that was given."));
            return findings;
        }
        findings.add(Finding.holds(Check.PATH, pathSentence()));
        findings.add(revocation(path));
        return findings;
    }

    private Finding keyUsage() {
        boolean[] usage = signer.getKeyUsage();
        if (usage == null) {
            return Finding.holds(Check.KEY_USAGE, "The certificate does not limit its use.");
        }
        if (usage[NON_REPUDIATION]) {
            return Finding.holds(Check.KEY_USAGE, "The certificate is for signing documents.");
        }
        return Finding.fails(
                Check.KEY_USAGE,
                usage[DIGITAL_SIGNATURE]
                        ? "The certificate is for logging in, not for signing documents."
                        : "The certificate is not for signing.");
    }

    private Finding validity(@Nullable Instant claimed) {
        if (!isValidAt(now)) {
            return Finding.fails(
                    Check.VALIDITY,
                    "The certificate is valid from %s to %s, not now; without a time stamp nothing proves that the signature is older."
                            .formatted(from(), until()));
        }
        if (claimed != null && !isValidAt(claimed)) {
            return Finding.fails(
                    Check.VALIDITY,
                    "The certificate was not valid at the time that the signer claims.");
        }
        return Finding.holds(
                Check.VALIDITY,
                "The certificate is valid (from %s to %s).".formatted(from(), until()));
    }

    private String pathSentence() {
        return trust.test()
                ? "The certificate leads to the given root, which is a TEST root and in nobody's trust list: only a program that is given it trusts this signature."
                : "The certificate leads to a root that was given.";
    }

    private @Nullable CertPath path() {
        var target = new X509CertSelector();
        target.setCertificate(signer);
        try {
            var parameters = new PKIXBuilderParameters(anchors(), target);
            parameters.addCertStore(
                    CertStore.getInstance(
                            "Collection", new CollectionCertStoreParameters(certificates)));
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(MAX_PATH);
            parameters.setDate(pathTime());
            return CertPathBuilder.getInstance("PKIX").build(parameters).getCertPath();
        } catch (GeneralSecurityException | RuntimeException _) {
            return null;
        }
    }

    private Finding revocation(CertPath path) {
        if (trust.revocationLists().isEmpty()) {
            return Finding.unknown(
                    Check.REVOCATION,
                    "Whether the certificate was revoked is unknown: no revocation list was given.");
        }
        try {
            var validator = CertPathValidator.getInstance("PKIX");
            var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            // lists only, and no question over the network when they do not help
            checker.setOptions(
                    EnumSet.of(
                            PKIXRevocationChecker.Option.PREFER_CRLS,
                            PKIXRevocationChecker.Option.NO_FALLBACK));
            var parameters = new PKIXParameters(anchors());
            parameters.addCertPathChecker(checker);
            parameters.addCertStore(
                    CertStore.getInstance(
                            "Collection",
                            new CollectionCertStoreParameters(trust.revocationLists())));
            parameters.setDate(pathTime());
            validator.validate(path, parameters);
            return Finding.holds(Check.REVOCATION, "The certificate is on no revocation list.");
        } catch (CertPathValidatorException e) {
            return BasicReason.REVOKED.equals(e.getReason())
                    ? Finding.fails(Check.REVOCATION, "The certificate was revoked.")
                    : unknownRevocation();
        } catch (GeneralSecurityException | RuntimeException _) {
            return unknownRevocation();
        }
    }

    private static Finding unknownRevocation() {
        return Finding.unknown(
                Check.REVOCATION,
                "Whether the certificate was revoked is unknown: the given lists do not tell.");
    }

    private Set<TrustAnchor> anchors() {
        return trust.anchors().stream()
                .map(root -> new TrustAnchor(root, null))
                .collect(Collectors.toSet());
    }

    /// Now, or the last moment of a certificate that is not valid now: that is told by its own
    /// finding.
    private Date pathTime() {
        return isValidAt(now) ? Date.from(now) : signer.getNotAfter();
    }

    private boolean isValidAt(Instant time) {
        return !time.isBefore(from()) && !time.isAfter(until());
    }

    private Instant from() {
        return signer.getNotBefore().toInstant();
    }

    private Instant until() {
        return signer.getNotAfter().toInstant();
    }
}
