package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.identity.DeviceVerdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A new device that waits for an enrolled one's approval (FORMATS §3).
///
/// @param device the id that it waits under and will have
/// @param name what it calls itself
/// @param intent H of its `enrol` intent
/// @param spki public half of its key, DER
/// @param sealed its `SEALED` as sent, unopened
/// @param verdict how well its key is kept, as it says; null when it says nothing
/// @param seq number of the `change` record that approved it; 0 while it waits
public record JoinRequestRow(
        Id device,
        Id owner,
        String name,
        Bytes intent,
        Bytes spki,
        Bytes sealed,
        long seq,
        Instant expires,
        @Nullable DeviceVerdict verdict) {
    /// Whether it still waits at this time.
    public boolean waits(Instant now) {
        return seq == 0 && expires.isAfter(now);
    }
}
