package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;

/// Something about a credential or an owner changed.
///
/// @param what changed, such as `enrolled` or `created`
/// @param subject what it was done to
/// @param by who did it: a device's id, or the operator
/// @param intent SHA-256 of the intent; empty when no owner approved the change
/// @param details more, by names of letters: hashes of a policy or a public key, for instance
public record Change(
        Instant time,
        Place place,
        String what,
        String subject,
        String by,
        Bytes intent,
        SortedMap<String, String> details)
        implements JournalRecord.Chained {
    public Change {
        time = RecordCodec.whole(time);
        if (intent.size() > 0) {
            Merkle.requireHash(intent);
        }
        details = ServerChange.sorted(details);
    }

    /// The change without an owner's approval.
    public Change(
            Instant time,
            Place place,
            String what,
            String subject,
            String by,
            Map<String, String> details) {
        this(time, place, what, subject, by, Bytes.EMPTY, ServerChange.sorted(details));
    }
}
