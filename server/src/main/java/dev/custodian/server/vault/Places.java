package dev.custodian.server.vault;

import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A bounded number of places in a module. Whoever has one sends a thread in, and waits outside. A
/// thread that does not come back in time is given up, since nothing takes it out of a call into C;
/// its place is lost until it comes back by itself.
final class Places implements AutoCloseable {
    /// Something that is done inside.
    interface Errand<T> {
        T run() throws GeneralSecurityException;
    }

    /// Somebody was given up.
    static final class SilentException extends GeneralSecurityException {
        private static final long serialVersionUID = 1;

        private SilentException(String message) {
            super(message);
        }
    }

    private final int size;
    private final Duration wait;
    private final Semaphore free;
    private final AtomicInteger lost = new AtomicInteger();
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("hsm-", 0).factory());

    /// @param wait how long [#enter] waits for a place
    Places(int size, Duration wait) {
        this.size = size;
        this.wait = wait;
        this.free = new Semaphore(size, true);
    }

    /// A place, once one is free; an error when none becomes free in time, and at once when all are
    /// lost.
    Place enter() throws GeneralSecurityException {
        if (isAllLost()) {
            throw new SilentException(trouble());
        }
        try {
            if (free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return new Place();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new GeneralSecurityException(
                lost() == 0
                        ? "all %d sessions with the HSM were busy for %s"
                                .formatted(size, text(wait))
                        : trouble());
    }

    /// How many places are lost now.
    int lost() {
        return lost.get();
    }

    boolean isAllLost() {
        return lost() >= size;
    }

    /// What is to be said of the places that are lost; empty when none is.
    String trouble() {
        int count = lost();
        return count == 0
                ? ""
                : "%d of %d sessions wait for an answer of the HSM that does not come%s"
                        .formatted(
                                count,
                                size,
                                count < size
                                        ? ""
                                        : ": when the HSM is well and this stays, restart the"
                                                + " server");
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /// No thread is waited for.
    @Override
    public void close() {
        threads.shutdown();
    }

    /// One place. It is free again when it was closed and every thread that was sent is back.
    final class Place implements AutoCloseable {
        private int holders = 1;

        /// Sends a thread, and gives what it brings; of a secret that comes too late nothing stays.
        ///
        /// @throws SilentException when it is not back in time
        <T> T send(Errand<T> errand, Duration limit) throws GeneralSecurityException {
            return send(
                    errand,
                    limit,
                    late -> {
                        if (late instanceof Secret secret) {
                            secret.close();
                        }
                    });
        }

        /// Sends a thread, and gives what it brings.
        ///
        /// @param late what becomes of something that is brought after the thread was given up
        /// @throws SilentException when it is not back in time
        <T> T send(Errand<T> errand, Duration limit, Consumer<T> late)
                throws GeneralSecurityException {
            var brought = new CompletableFuture<T>();
            hold();
            try {
                threads.execute(() -> go(errand, brought, late));
            } catch (RuntimeException | Error e) {
                // no thread to be had: nobody is inside
                leave();
                throw e;
            }
            try {
                return brought.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return giveUp(brought, limit);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return giveUp(brought, limit);
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        private <T> void go(Errand<T> errand, CompletableFuture<T> brought, Consumer<T> late) {
            var inTime = true;
            try {
                var result = errand.run();
                inTime = brought.complete(result);
                if (!inTime) {
                    late.accept(result);
                }
            } catch (Throwable e) {
                // When nobody waits any more, nobody has to hear of it.
                inTime = inTime && brought.completeExceptionally(e);
            } finally {
                if (!inTime) {
                    lost.decrementAndGet();
                }
                leave();
            }
        }

        private <T> T giveUp(CompletableFuture<T> brought, Duration limit)
                throws GeneralSecurityException {
            // Counted before: the thread may come back in this moment.
            lost.incrementAndGet();
            if (brought.completeExceptionally(new TimeoutException())) {
                throw new SilentException(
                        "the HSM gave no answer for " + text(limit) + "; " + trouble());
            }
            lost.decrementAndGet();
            try {
                return brought.get();
            } catch (InterruptedException e) {
                throw new IllegalStateException("it is there", e);
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        private static GeneralSecurityException failure(ExecutionException e) {
            return switch (e.getCause()) {
                case GeneralSecurityException failure -> failure;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            };
        }

        private synchronized void hold() {
            holders++;
        }

        private synchronized void leave() {
            holders--;
            if (holders == 0) {
                free.release();
            }
        }

        @Override
        public void close() {
            leave();
        }
    }
}
