package dev.custodian.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// The server's time, as its last vouched statement gave it: intents and tokens are judged by that
/// clock, and this machine's may be wrong.
final class ServerClock {
    private final Clock clock;
    private volatile Duration offset = Duration.ZERO;

    ServerClock(Clock clock) {
        this.clock = clock;
    }

    /// @param time what the server's clock shows now
    void set(Instant time) {
        offset = Duration.between(clock.instant(), time);
    }

    /// The server's time, as fine as this machine's clock: two intents of one device never look
    /// alike.
    Instant now() {
        return clock.instant().plus(offset);
    }
}
