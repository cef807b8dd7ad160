package dev.custodian.server.journal;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a `change` record may tell beside what changed, to what and by whom. A closed list, since
/// `docs/concepts/privacy.md` says of each what it tells about a person.
public final class ChangeDetails {
    public static final Set<String> NAMES =
            Set.of(
                    "algorithm",
                    "certificate",
                    "custody",
                    "due",
                    "key",
                    "origin",
                    "owner",
                    "policy",
                    "proof",
                    "purpose",
                    "request",
                    "root",
                    "spki",
                    "subject",
                    "verdict");

    private ChangeDetails() {}

    static SortedMap<String, String> sorted(Map<String, String> details) {
        if (!NAMES.containsAll(details.keySet())) {
            throw new IllegalArgumentException("a detail that no list names: " + details.keySet());
        }
        return new TreeMap<>(details);
    }
}
