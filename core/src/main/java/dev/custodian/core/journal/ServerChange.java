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
/// @param details more, by names of letters
public record ServerChange(
        Instant time, String what, String subject, String by, SortedMap<String, String> details)
        implements JournalRecord {
    public ServerChange {
        time = RecordCodec.whole(time);
        details = sorted(details);
    }

    /// Sorted by name. Names are letters, so that every language sorts them alike.
    static SortedMap<String, String> sorted(Map<String, String> details) {
        for (var name : details.keySet()) {
            if (name.isEmpty() || !name.chars().allMatch(ServerChange::isLetter)) {
                throw new IllegalArgumentException("a detail whose name is not of letters");
            }
        }
        return Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
