package dev.custodian.it.crash;

import dev.custodian.core.Bytes;
import dev.custodian.core.evidence.Sad;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a person approved once, and all that its callers were told of it since.
final class Approval {
    final Bytes intentHash;
    final String evidence;
    final Bytes r;
    final Sad sad;
    final List<Bytes> digests;

    /// Not asked about any more from then on.
    final Instant until;

    private final Map<Bytes, Bytes> received = new HashMap<>();
    private final Set<Bytes> unknown = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private boolean authorized;

    Approval(
            Bytes intentHash,
            String evidence,
            Bytes r,
            Sad sad,
            List<Bytes> digests,
            Instant until) {
        this.intentHash = intentHash;
        this.evidence = evidence;
        this.r = r;
        this.sad = sad;
        this.digests = List.copyOf(digests);
        this.until = until;
    }

    synchronized boolean isAuthorized() {
        return authorized;
    }

    synchronized void authorized() {
        authorized = true;
    }

    /// Takes a signature; returns whether it is a repeat.
    synchronized boolean received(Bytes digest, Bytes signature) {
        var before = received.put(digest, signature);
        if (before == null) {
            if (unknown.contains(digest)) {
                wrong.add("a signature of " + digest + " came after `unknown`");
            }
            return false;
        }
        if (!before.equals(signature)) {
            wrong.add("a second signature of " + digest);
        }
        return true;
    }

    synchronized void unknown(Bytes digest) {
        unknown.add(digest);
    }

    /// What no client may ever see.
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }
}
