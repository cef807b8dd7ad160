package dev.custodian.agent.signing;

import dev.custodian.client.Consent;
import dev.custodian.core.Id;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The consents whose secrets this agent holds, in memory alone. How often each was used the server
/// counts; what is counted here only spares asking it in vain.
final class Held implements AutoCloseable {
    private final Map<Id, Entry> entries = new HashMap<>();

    private static final class Entry {
        final Consent consent;
        int left;

        Entry(Consent consent) {
            this.consent = consent;
            this.left = consent.terms().count();
        }

        boolean covers(Id credential, List<String> subjects, int signatures, Instant now) {
            var terms = consent.terms();
            return left >= signatures
                    && terms.credential().equals(credential)
                    && subjects.contains(terms.subject())
                    && terms.until().isAfter(now);
        }
    }

    synchronized void add(Consent consent) {
        entries.put(consent.id(), new Entry(consent));
    }

    /// Takes signatures from a consent for one of `subjects`; null when there is none.
    synchronized @Nullable Consent take(
            Id credential, List<String> subjects, int signatures, Instant now) {
        for (var entry : List.copyOf(entries.values())) {
            if (!entry.consent.terms().until().isAfter(now)) {
                drop(entry.consent.id());
            } else if (entry.covers(credential, subjects, signatures, now)) {
                entry.left -= signatures;
                return entry.consent;
            }
        }
        return null;
    }

    synchronized boolean covers(Id credential, List<String> subjects, int signatures, Instant now) {
        return entries.values().stream()
                .anyMatch(entry -> entry.covers(credential, subjects, signatures, now));
    }

    /// Forgets a consent and its secret.
    synchronized void drop(Id consent) {
        var entry = entries.remove(consent);
        if (entry != null) {
            entry.consent.close();
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(entries.keySet()).forEach(this::drop);
    }
}
