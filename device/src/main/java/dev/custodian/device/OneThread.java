package dev.custodian.device;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one thread that speaks to a device which does one thing at a time. A caller that is
/// interrupted does not cut the device off in the middle of a command; one that waited too long is
/// told, and so is every later one for as long as the device hangs.
final class OneThread implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Duration limit;
    private final ExecutorService thread;
    private volatile boolean stuck;

    /// @param limit for each work, with its wait for those before it
    OneThread(String name, Duration limit) {
        this.limit = limit;
        this.thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name(name).daemon(true).factory());
    }

    /// What the device is to do.
    interface Work<T> {
        T run() throws DeviceException;
    }

    /// Puts something away that came too late.
    interface Late<T> {
        void putAway(T made) throws DeviceException;
    }

    <T> T call(Work<T> work) throws DeviceException {
        return call(work, _ -> {});
    }

    /// The same for what nobody else would put away.
    ///
    /// @param late what becomes, in this thread, of something that comes when nobody waits any more
    <T> T call(Work<T> work, Late<? super T> late) throws DeviceException {
        if (stuck) {
            throw new DeviceException(DeviceFailure.STORE_SILENT);
        }
        var givenUp = new AtomicBoolean();
        try {
            return wait(
                    submitted(
                            () -> {
                                var made = work.run();
                                if (!givenUp.compareAndSet(false, true)) {
                                    late.putAway(made);
                                }
                                return made;
                            }),
                    givenUp);
        } catch (TimeoutException e) {
            stuck = true;
            var _ = submitted(() -> stuck = false);
            throw new DeviceException(
                    DeviceFailure.STORE_SILENT, "It was waited for " + limit.toMillis() + " ms.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeviceException failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException fault
                    ? fault
                    : new IllegalStateException(e);
        }
    }

    private <T> Future<T> submitted(Callable<T> work) throws DeviceException {
        try {
            return thread.submit(work);
        } catch (RejectedExecutionException e) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    /// @param decided set by whoever is first: the work that is done, or who gives it up
    private <T> T wait(Future<T> result, AtomicBoolean decided)
            throws ExecutionException, TimeoutException {
        boolean interrupted = false;
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                try {
                    return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    if (decided.compareAndSet(false, true)) {
                        throw e;
                    }
                    // it came in this moment
                    end = System.nanoTime() + limit.toNanos();
                }
            }
        } finally {
            // what did not begin shall not, once nobody waits: its secrets are wiped
            result.cancel(false);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Does this last; waits a moment for it, since a program that ends may take its threads along.
    void end(Runnable last) {
        try {
            thread.execute(last);
        } catch (RejectedExecutionException e) {
            // it ended before
        }
        close();
        if (stuck) {
            return;
        }
        try {
            boolean _ = thread.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
