package dev.custodian.it.broken.core;

import java.time.Instant;

final class ReadsTheClock {
    private ReadsTheClock() {}

    static Instant time() {
        return Instant.now();
    }
}
