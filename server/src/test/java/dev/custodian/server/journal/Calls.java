package dev.custodian.server.journal;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// Calls on virtual threads, as the server makes them.
final class Calls {
    <T> FutureTask<T> start(Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }

    /// Starts what has to wait for a writer that is held, and returns when it waits.
    <T> FutureTask<T> startWaiting(Callable<T> call) {
        var task = new FutureTask<>(call);
        var thread = Thread.ofVirtual().start(task);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () ->
                                thread.getState() == Thread.State.WAITING
                                        || thread.getState() == Thread.State.TIMED_WAITING);
        return task;
    }
}
