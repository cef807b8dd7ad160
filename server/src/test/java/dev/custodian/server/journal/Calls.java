package dev.custodian.server.journal;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// Calls on virtual threads, as the server makes them.
final class Calls {
    <T> FutureTask<T> start(Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }
}
