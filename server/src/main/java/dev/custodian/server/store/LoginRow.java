package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A login of a device: what its tokens come from, and end with (DESIGN §7).
///
/// @param id 16 random octets
/// @param refresh H of the refresh token that is good now
/// @param spent what is known of the one before it; null before the first refresh
public record LoginRow(Bytes id, Id device, Instant expires, Bytes refresh, @Nullable Spent spent) {
    /// A refresh token that was used.
    ///
    /// @param token H of it
    /// @param by thumbprint of the key that it was used with
    public record Spent(Bytes token, String by, Instant at) {}
}
