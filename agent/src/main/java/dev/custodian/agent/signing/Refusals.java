package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Remembers which process was told no, until it has asked nothing for some seconds, since most
/// programs ask again at once: so one no is enough, and one that asks ten thousand times, however
/// slowly, gets one question.
final class Refusals {
    static final Duration SPAN = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Map<String, Instant> until = new HashMap<>();

    Refusals(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void add(Peer peer) {
        until.put(peer.processSubject(), clock.instant().plus(SPAN));
    }

    synchronized boolean holds(Peer peer) {
        var end = until.get(peer.processSubject());
        return end != null && clock.instant().isBefore(end);
    }

    synchronized void requireNone(Peer peer) throws Refused {
        var now = clock.instant();
        until.values().removeIf(end -> !now.isBefore(end));
        if (until.containsKey(peer.processSubject())) {
            add(peer);
            throw new Refused(
                    FailureKind.APPROVAL_REFUSED, "The same program was told no just before.");
        }
    }
}
