package dev.custodian.core.journal;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Something about the server itself changed, or about an owner who does not exist yet: the
/// `change` without a chain.
///
/// @param what changed, such as `invited`
/// @param subject what it was done to
/// @param by who did it
/// @param details more, by name
public record ServerChange(
        Instant time, String what, String subject, String by, SortedMap<String, String> details)
        implements JournalRecord {
    public ServerChange {
        time = RecordCodec.whole(time);
        details = sorted(details);
    }

    static SortedMap<String, String> sorted(Map<String, String> details) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }
}
