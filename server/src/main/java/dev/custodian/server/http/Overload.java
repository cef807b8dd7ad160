package dev.custodian.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The limit of API calls that are in their handlers. It is entered with the body already read, so
/// that a slow sender never holds a place, and left before the answer is written.
final class Overload {
    private final Semaphore running;
    private final AtomicInteger free;
    private final Duration turn;

    Overload(int running, int waiting, Duration turn) {
        this.running = new Semaphore(running, true);
        this.free = new AtomicInteger(waiting);
        this.turn = turn;
    }

    /// Runs the handler in its turn.
    ///
    /// @throws CallRefused 503 if there is no room or the turn does not come in time
    Reply run(Handler handler, Call call) throws Exception {
        enter();
        try {
            return handler.handle(call);
        } finally {
            running.release();
        }
    }

    private void enter() throws CallRefused, InterruptedException {
        // With a time-out, even of zero, the semaphore keeps to its queue.
        if (running.tryAcquire(0, TimeUnit.SECONDS)) {
            return;
        }
        boolean entered = false;
        if (free.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            try {
                entered = running.tryAcquire(turn.toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                free.incrementAndGet();
            }
        }
        if (!entered) {
            throw ErrorReplies.refusal(503);
        }
    }
}
