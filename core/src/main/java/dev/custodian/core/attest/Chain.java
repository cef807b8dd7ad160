package dev.custodian.core.attest;

import static dev.custodian.core.attest.TpmAttestation.require;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds the way from a certificate to a root, so that a refusal can say what stands in it; the
/// platform's validator (RFC 5280 §6) has the last word on what is found. Nothing is fetched, and
/// no revocation list is asked: an operator withdraws an authority. That is its key, in whatever
/// certificate: of one signed by ECDSA whoever has it makes another, with `n - s` in place of `s`.
final class Chain {
    /// Most certificates between a TPM's and the root.
    private static final int LONGEST = 4;

    /// Says which hash in its parameters.
    private static final String PSS = "1.2.840.113549.1.1.10";

    /// SHA-2 with RSA PKCS#1, PSS, and ECDSA.
    private static final Set<String> SIGNATURES =
            Set.of(
                    "1.2.840.113549.1.1.11",
                    "1.2.840.113549.1.1.12",
                    "1.2.840.113549.1.1.13",
                    PSS,
                    "1.2.840.10045.4.3.2",
                    "1.2.840.10045.4.3.3",
                    "1.2.840.10045.4.3.4");

    private final List<Authority> authorities;
    private final List<X509Certificate> sent;
    private final Predicate<X509Certificate> taken;
    private final Set<X509Certificate> seen = new HashSet<>();

    private Chain(
            List<Authority> authorities,
            List<X509Certificate> sent,
            Predicate<X509Certificate> taken) {
        this.authorities = authorities;
        this.sent = sent;
        this.taken = taken;
    }

    /// A way: the certificates below the root, and that.
    ///
    /// @param below the certificate itself first
    record Way(List<X509Certificate> below, Authority root) {}

    /// The keys of these and of the root, which comes last.
    static List<Bytes> keys(List<X509Certificate> below, Authority root) {
        var keys = new ArrayList<Bytes>();
        below.forEach(one -> keys.add(key(one)));
        keys.add(key(root.certificate()));
        return keys;
    }

    /// @param sent what came with the certificate: it may lead to a root and is none
    static Way way(
            X509Certificate certificate, List<X509Certificate> sent, EndorsementSteps.Trust trust)
            throws NotProvedException {
        var withdrawn = new HashSet<Bytes>();
        for (var authority : trust.authorities()) {
            if (authority.withdrawn()) {
                withdrawn.add(key(authority.certificate()));
            }
        }
        Predicate<X509Certificate> valid = one -> isValid(one, trust.now());
        Predicate<X509Certificate> trusted = one -> !withdrawn.contains(key(one));
        var authorities = trust.authorities();
        require(
                new Chain(authorities, sent, _ -> true).from(certificate) != null,
                Flaw.ROOT_UNKNOWN);
        require(
                new Chain(authorities, sent, trusted).from(certificate) != null,
                Flaw.ROOT_WITHDRAWN);
        var way = new Chain(authorities, sent, valid.and(trusted)).from(certificate);
        if (way == null) {
            throw new NotProvedException(Flaw.CERTIFICATE_EXPIRED);
        }
        for (var one : way.below) {
            require(isStrong(one), Flaw.WEAK_SIGNATURE);
        }
        require(holds(way, trust.now()), Flaw.CHAIN_REFUSED);
        return way;
    }

    private static boolean isStrong(X509Certificate one) {
        var oid = one.getSigAlgOID();
        return SIGNATURES.contains(oid) && (!oid.equals(PSS) || isOfSha2(one.getSigAlgParams()));
    }

    private static boolean isOfSha2(byte @Nullable [] pss) {
        if (pss == null) {
            return false;
        }
        try {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(pss);
            var named = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            return Arrays.stream(HashAlgorithm.values()).anyMatch(sha -> sha.jca().equals(named));
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }

    private static Bytes key(X509Certificate certificate) {
        return Bytes.of(certificate.getPublicKey().getEncoded());
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private @Nullable Way from(X509Certificate certificate) {
        return taken.test(certificate) ? up(certificate, List.of(certificate)) : null;
    }

    /// Looks at each certificate once.
    private @Nullable Way up(X509Certificate from, List<X509Certificate> below) {
        for (var authority : authorities) {
            if (authority.root()
                    && taken.test(authority.certificate())
                    && vouches(authority.certificate(), from)) {
                return new Way(below, authority);
            }
        }
        if (below.size() > LONGEST) {
            return null;
        }
        for (var issuer : between()) {
            if (taken.test(issuer) && vouches(issuer, from) && seen.add(issuer)) {
                var longer = new ArrayList<>(below);
                longer.add(issuer);
                var way = up(issuer, longer);
                if (way != null) {
                    return way;
                }
            }
        }
        return null;
    }

    private List<X509Certificate> between() {
        var all = new ArrayList<>(sent);
        for (var authority : authorities) {
            if (!authority.root()) {
                all.add(authority.certificate());
            }
        }
        return all;
    }

    private static boolean vouches(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean holds(Way way, Instant now) {
        try {
            var path = CertificateFactory.getInstance("X.509").generateCertPath(way.below);
            var parameters =
                    new PKIXParameters(Set.of(new TrustAnchor(way.root.certificate(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            var _ = CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
