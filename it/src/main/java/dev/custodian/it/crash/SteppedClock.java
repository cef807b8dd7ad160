package dev.custodian.it.crash;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// The system's clock, and how far off it is.
final class SteppedClock extends Clock {
    private volatile Duration off = Duration.ZERO;

    /// Puts it `by` off the system's, forward or back.
    void step(Duration by) {
        off = by;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(off);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only UTC");
    }
}
