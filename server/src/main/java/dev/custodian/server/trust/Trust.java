package dev.custodian.server.trust;

import dev.custodian.core.attest.Authority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A trust folder as it was read.
///
/// @param updated when somebody last looked whether it is complete
/// @param digest SHA-256 of its manifest, in hexadecimal: by it two states are told apart
public record Trust(Instant updated, List<Authority> authorities, String digest) {
    /// After this much time an operator is reminded: makers add and withdraw roots.
    public static final Duration FRESH = Duration.ofDays(180);

    public Trust {
        authorities = List.copyOf(authorities);
    }

    public Duration age(Instant now) {
        return Duration.between(updated, now);
    }

    public boolean isOld(Instant now) {
        return age(now).compareTo(FRESH) > 0;
    }
}
