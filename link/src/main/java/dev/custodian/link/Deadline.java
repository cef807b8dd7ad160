package dev.custodian.link;

import java.time.Duration;

/// A point of the monotonic clock.
///
/// @param nanos of `System.nanoTime`
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /// Whole milliseconds until then, at least 1; 0 when it has passed.
    long left() {
        long left = nanos - System.nanoTime();
        return left <= 0 ? 0 : left / 1_000_000 + 1;
    }
}
