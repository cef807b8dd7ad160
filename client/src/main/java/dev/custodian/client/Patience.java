package dev.custodian.client;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;

/// How long we bear with a server that is away or busy.
///
/// @param tries how often the same request is sent in all
record Patience(int tries, Pause pause) {
    static final Patience USUAL = new Patience(6, Thread::sleep);

    private static final long FIRST = 250;
    private static final long LONGEST = 5_000;

    /// Waits some milliseconds.
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    /// Waits before the next try.
    ///
    /// @param before tries so far, from 1
    /// @param seconds what the server asked for; 0 when it did not
    void await(int before, long seconds) throws Refused {
        long millis = seconds > 0 ? seconds * 1000 : FIRST << Math.min(before - 1, 8);
        try {
            pause.millis(Math.min(millis, LONGEST));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE, "The wait for the server was interrupted.");
        }
    }
}
