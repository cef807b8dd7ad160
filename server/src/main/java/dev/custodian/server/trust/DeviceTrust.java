package dev.custodian.server.trust;

import dev.custodian.core.Bytes;
import dev.custodian.core.attest.Authority;
import dev.custodian.core.attest.ProofKind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whose TPMs and cards the operator trusts, as the folders say that: they are looked at again
/// after half a minute, so that a withdrawal needs no restart.
public final class DeviceTrust {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTrust.class);
    private static final Duration LOOK = Duration.ofSeconds(30);

    private final Map<ProofKind, Part> parts = new EnumMap<>(ProofKind.class);
    private final Clock clock;

    private DeviceTrust(Clock clock) {
        this.clock = clock;
    }

    /// Opens the folders: one for each kind of proof that is asked for.
    ///
    /// @throws TrustException when one is not right
    public static DeviceTrust open(Map<ProofKind, Path> folders, Clock clock)
            throws TrustException {
        var trust = none(clock);
        for (var entry : folders.entrySet()) {
            var folder = TrustFolder.open(entry.getValue());
            trust.parts.put(entry.getKey(), new Part(folder, clock.instant()));
        }
        return trust;
    }

    /// Asks for no proof.
    public static DeviceTrust none(Clock clock) {
        return new DeviceTrust(clock);
    }

    /// The kinds of proof that somebody is trusted for. Where nobody is, asking would only make a
    /// device tell which it is.
    public Set<ProofKind> wanted() {
        var wanted = EnumSet.noneOf(ProofKind.class);
        parts.forEach(
                (kind, part) -> {
                    if (!part.now(clock).keys.roots.isEmpty()) {
                        wanted.add(kind);
                    }
                });
        return Collections.unmodifiableSet(wanted);
    }

    /// Who vouches for devices of this kind, withdrawn ones too.
    public List<Authority> authorities(ProofKind kind) {
        var part = parts.get(kind);
        return part == null ? List.of() : part.now(clock).authorities;
    }

    /// Whose word counts and whose does no more, by their keys (SubjectPublicKeyInfo): a key is
    /// withdrawn in whatever certificate, and by whatever name.
    public record Keys(Set<Bytes> roots, Set<Bytes> withdrawn) {
        private static final Keys NONE = new Keys(Set.of(), Set.of());

        public Keys {
            roots = Set.copyOf(roots);
            withdrawn = Set.copyOf(withdrawn);
        }
    }

    /// The keys of now.
    public Keys keys(ProofKind kind) {
        var part = parts.get(kind);
        return part == null ? Keys.NONE : part.now(clock).keys;
    }

    private static Bytes key(Authority authority) {
        return Bytes.of(authority.certificate().getPublicKey().getEncoded());
    }

    private record Known(List<Authority> authorities, Keys keys) {
        static Known of(Trust trust) {
            var roots = new HashSet<Bytes>();
            var withdrawn = new HashSet<Bytes>();
            for (var authority : trust.authorities()) {
                if (authority.withdrawn()) {
                    withdrawn.add(key(authority));
                } else if (authority.root()) {
                    roots.add(key(authority));
                }
            }
            roots.removeAll(withdrawn);
            return new Known(trust.authorities(), new Keys(roots, withdrawn));
        }
    }

    /// One folder and what was last read of it.
    private static final class Part {
        private final TrustFolder folder;
        private Known known;
        private Instant looked;

        Part(TrustFolder folder, Instant now) {
            this.folder = folder;
            this.known = Known.of(folder.current());
            this.looked = now;
        }

        synchronized Known now(Clock clock) {
            var now = clock.instant();
            if (now.isBefore(looked) || !now.isBefore(looked.plus(LOOK))) {
                looked = now;
                try {
                    if (folder.reload()) {
                        known = Known.of(folder.current());
                    }
                } catch (TrustException e) {
                    LOG.warn(
                            "whose devices are trusted cannot be read; what was read before holds",
                            e);
                }
            }
            return known;
        }
    }
}
