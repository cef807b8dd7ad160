package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides the requests of one batch in memory, by the rules of FORMATS §5, over the rows loaded
/// for them. Each gets all of its digests or none; two that ask for the same meet here, and the
/// second attaches to the first.
final class Decision {
    /// Names a row.
    private record Key(long authorization, Bytes value) {}

    private final Instant now;
    private final Map<Long, RunningUse> running;
    private final Map<Long, AuthorizationRow> authorizations = new HashMap<>();
    private final Map<Key, DigestRow> rows = new HashMap<>();
    private final Map<Key, RunningUse> taken = new HashMap<>();
    private final List<RunningUse> uses = new ArrayList<>();

    /// @param running uses of this node that are committed without outcome, by index
    Decision(Instant now, Map<Long, RunningUse> running) {
        this.now = now;
        this.running = running;
    }

    void load(AuthorizationRow authorization, List<DigestRow> digests) {
        authorizations.put(authorization.number(), authorization);
        for (var row : digests) {
            rows.put(new Key(row.authorization(), row.value()), row);
        }
    }

    /// The uses that the decisions so far have brought about.
    List<RunningUse> uses() {
        return uses;
    }

    /// Decides one request: one part for each of its digests, in order.
    List<Part> decide(UseRequest request) throws Refused {
        var authorization = authorized(request);
        var parts = new HashMap<Bytes, Part>();
        var free = new ArrayList<Bytes>();
        for (var value : new LinkedHashSet<>(request.digests())) {
            var part = existing(new Key(authorization.number(), value), request.scheme());
            if (part == null) {
                free.add(value);
            } else {
                parts.put(value, part);
            }
        }
        if (!free.isEmpty()) {
            var key = request.key();
            if (key == null) {
                throw new Refused(FailureKind.SAD_EXPIRED);
            }
            var use = new RunningUse(authorization, request.scheme(), free, key);
            uses.add(use);
            for (int i = 0; i < free.size(); i++) {
                taken.put(new Key(authorization.number(), free.get(i)), use);
                parts.put(free.get(i), new Part.Running(use, i));
            }
        }
        return request.digests().stream().map(parts::get).toList();
    }

    private AuthorizationRow authorized(UseRequest request) throws Refused {
        var authorization = authorizations.get(request.authorization());
        if (authorization == null
                || !authorization.credential().equals(request.credential())
                || !authorization.sender().equals(request.sender())) {
            throw new Refused(FailureKind.SAD_UNKNOWN);
        }
        if (!authorization.expires().isAfter(now)) {
            throw new Refused(FailureKind.SAD_EXPIRED);
        }
        return authorization;
    }

    /// Where the signature of a digest comes from; null when it is free and may be used.
    private @Nullable Part existing(Key key, SignatureScheme scheme) throws Refused {
        var row = rows.get(key);
        if (row == null) {
            throw new Refused(FailureKind.DIGEST_NOT_AUTHORIZED);
        }
        checkHash(row, scheme.scheme().hash());
        var use = taken.get(key);
        if (use != null) {
            checkScheme(use.scheme(), scheme);
            return running(use, key.value());
        }
        return switch (row.state()) {
            case DigestRow.Free() -> null;
            case DigestRow.Used(var index, _, var by) -> {
                checkScheme(by, scheme);
                var mine = running.get(index);
                yield mine == null ? new Part.Elsewhere() : running(mine, key.value());
            }
            case DigestRow.Signed(_, var by, var signature) -> {
                checkScheme(by, scheme);
                yield new Part.Stored(signature);
            }
            case DigestRow.Unknown(_, _) -> throw new Refused(FailureKind.OUTCOME_UNKNOWN);
        };
    }

    private static Part running(RunningUse use, Bytes value) {
        return new Part.Running(use, use.position(value));
    }

    /// The authorized hash must be the scheme's; where none was named, the digest's length must
    /// fit.
    private static void checkHash(DigestRow row, HashAlgorithm hash) throws Refused {
        if (row.hash() != null && row.hash() != hash) {
            throw new Refused(
                    FailureKind.SCHEME_REFUSED, "The digest was approved as one of another hash.");
        }
        if (row.value().size() != hash.length()) {
            throw new Refused(FailureKind.DIGEST_LENGTH);
        }
    }

    private static void checkScheme(SignatureScheme before, SignatureScheme now) throws Refused {
        if (!before.equals(now)) {
            throw new Refused(
                    FailureKind.DIGEST_NOT_AUTHORIZED,
                    "The digest was used up with another signature scheme.");
        }
    }
}
