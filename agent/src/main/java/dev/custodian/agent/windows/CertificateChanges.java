package dev.custodian.agent.windows;

import dev.custodian.agent.prompt.Line;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.device.windows.CertificateStore.Entry;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is to change in a store of certificates so that it fits the credentials. Decides, and
/// touches nothing.
///
/// @param remove what of ours has to go
/// @param add what is missing, or is to replace ours with the same certificate
/// @param removeIssuers issuers of ours that nothing needs any more
/// @param addIssuers issuers that are not among ours; somebody else may have added them
record CertificateChanges(
        List<Entry> remove, List<Entry> add, List<Bytes> removeIssuers, List<Bytes> addIssuers) {
    private static final String PREFIX = "Custodian: ";
    private static final int LONGEST_NAME = 60;
    private static final int TAIL = 6;

    /// What of ours is in a store.
    ///
    /// @param issuers in DER
    record There(List<Entry> entries, List<Bytes> issuers) {
        There {
            entries = List.copyOf(entries);
            issuers = List.copyOf(issuers);
        }
    }

    CertificateChanges {
        remove = List.copyOf(remove);
        add = List.copyOf(add);
        removeIssuers = List.copyOf(removeIssuers);
        addIssuers = List.copyOf(addIssuers);
    }

    /// All of ours has to go.
    static CertificateChanges toNothing(There there) {
        return between(there, List.of(), Set.of());
    }

    /// What the server does not tell stays, until it expires.
    static CertificateChanges untold(There there, Instant now) {
        var stays = new ArrayList<Entry>();
        var needing = new ArrayList<X509Certificate>();
        for (var entry : there.entries) {
            read(entry.certificate())
                    .filter(certificate -> isGood(certificate, now))
                    .ifPresent(
                            certificate -> {
                                stays.add(entry);
                                needing.add(certificate);
                            });
        }
        return between(there, stays, needed(needing, there.issuers));
    }

    /// The store is to hold what the server told: the certificates of these credentials that are
    /// still good, and the issuers above them but for the root.
    static CertificateChanges told(There there, List<Credential> credentials, Instant now) {
        var names = names(credentials);
        var entries = new LinkedHashMap<Bytes, Entry>();
        var issuers = new LinkedHashSet<Bytes>();
        for (var credential : credentials) {
            var chain = credential.chain();
            if (chain.isEmpty() || !isGood(chain.getFirst(), now)) {
                continue;
            }
            var id = credential.id().text();
            var certificate = octets(chain.getFirst());
            entries.putIfAbsent(
                    certificate, new Entry(certificate, id, names.getOrDefault(id, PREFIX + id)));
            chain.stream()
                    .skip(1)
                    .filter(issuer -> !isRoot(issuer))
                    .forEach(issuer -> issuers.add(octets(issuer)));
        }
        return between(there, List.copyOf(entries.values()), issuers);
    }

    private static CertificateChanges between(
            There there, List<Entry> wanted, Collection<Bytes> issuers) {
        var certificates = new HashSet<>(wanted.stream().map(Entry::certificate).toList());
        return new CertificateChanges(
                there.entries.stream()
                        .filter(one -> !certificates.contains(one.certificate()))
                        .toList(),
                wanted.stream().filter(one -> !there.entries.contains(one)).toList(),
                there.issuers.stream().filter(one -> !issuers.contains(one)).toList(),
                issuers.stream().filter(one -> !there.issuers.contains(one)).toList());
    }

    /// Those of `issuers` that are above one of `needing`, by their names.
    private static Set<Bytes> needed(List<X509Certificate> needing, List<Bytes> issuers) {
        var needed = new HashSet<Bytes>();
        var above = new ArrayList<>(needing);
        for (int i = 0; i < above.size(); i++) {
            var name = above.get(i).getIssuerX500Principal();
            for (var octets : issuers) {
                read(octets)
                        .filter(issuer -> issuer.getSubjectX500Principal().equals(name))
                        .filter(_ -> needed.add(octets))
                        .ifPresent(above::add);
            }
        }
        return needed;
    }

    private static boolean isGood(X509Certificate certificate, Instant now) {
        return now.isBefore(certificate.getNotAfter().toInstant());
    }

    private static boolean isRoot(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static Bytes octets(X509Certificate certificate) {
        try {
            return Bytes.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read", e);
        }
    }

    /// Empty when it cannot be read: such a one is good for nothing.
    private static Optional<X509Certificate> read(Bytes octets) {
        try {
            return Optional.of(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(octets.toArray())));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    /// What lists show, by the credentials' ids: some programs know certificates by it, so that no
    /// two are alike.
    static Map<String, String> names(List<Credential> credentials) {
        var names = new HashMap<String, String>();
        for (var one : credentials) {
            names.put(one.id().text(), plain(one));
        }
        return Map.copyOf(unlike(unlike(names, TAIL), Integer.MAX_VALUE));
    }

    /// With the id's end behind each name that is there twice.
    private static Map<String, String> unlike(Map<String, String> names, int tail) {
        var count = new HashMap<String, Integer>();
        names.values().forEach(name -> count.merge(name, 1, Integer::sum));
        var unlike = new HashMap<String, String>();
        names.forEach(
                (id, name) ->
                        unlike.put(
                                id,
                                count.getOrDefault(name, 0) == 1
                                        ? name
                                        : name
                                                + " ("
                                                + id.substring(Math.max(0, id.length() - tail))
                                                + ")"));
        return unlike;
    }

    private static String plain(Credential one) {
        return PREFIX
                + (one.description().isBlank()
                        ? one.id().text()
                        : Line.of(one.description(), LONGEST_NAME));
    }
}
