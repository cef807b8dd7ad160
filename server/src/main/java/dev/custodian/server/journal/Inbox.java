package dev.custodian.server.journal;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the writer: requests, and uses that have been signed.
final class Inbox {
    /// Most requests in one batch; outcomes may be twice as many.
    static final int BATCH = 256;

    /// Signed uses wait so long for a request to share its commit: a lone caller then pays one
    /// commit, not two.
    private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Item> items = new ArrayDeque<>();
    private final Queue<RunningUse> signed = new ArrayDeque<>();
    private long lingerUntil;
    private boolean closed;
    private boolean closedTold;

    /// One batch; both lists are empty when only the time was up, or the inbox was closed.
    record Batch(List<Item> items, List<RunningUse> signed) {
        boolean isEmpty() {
            return items.isEmpty() && signed.isEmpty();
        }
    }

    void add(Item item) throws Refused {
        lock.lock();
        try {
            if (closed) {
                throw new Refused(FailureKind.BUSY, "The server is stopping.");
            }
            items.add(item);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Puts back what this batch could not take, before or after [#close].
    void again(Item item) {
        lock.lock();
        try {
            items.add(item);
        } finally {
            lock.unlock();
        }
    }

    void addSigned(RunningUse use) {
        addSigned(List.of(use), LINGER);
    }

    /// Keeps outcomes that could not be written, to be tried again with the next request or after
    /// `nanos`.
    void addSigned(List<RunningUse> uses, long nanos) {
        lock.lock();
        try {
            if (signed.isEmpty()) {
                lingerUntil = System.nanoTime() + nanos;
            }
            signed.addAll(uses);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a batch, until `deadline` of the system's nano time at most.
    Batch take(long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (items.isEmpty()) {
                long now = System.nanoTime();
                boolean lingering = !signed.isEmpty();
                if (lingering && (closed || lingerUntil - now <= 0)) {
                    break;
                }
                if (closed && !closedTold) {
                    closedTold = true;
                    break;
                }
                long until = lingering && lingerUntil - deadline < 0 ? lingerUntil : deadline;
                if (until - now <= 0) {
                    break;
                }
                arrived.awaitNanos(until - now);
            }
            var batch = new Batch(take(items, BATCH), take(signed, 2 * BATCH));
            lingerUntil = System.nanoTime();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private static <T> List<T> take(Queue<T> queue, int most) {
        var taken = new ArrayList<T>(Math.min(most, queue.size()));
        while (taken.size() < most && !queue.isEmpty()) {
            taken.add(queue.remove());
        }
        return taken;
    }

    /// Whether nothing waits and no request can come any more.
    boolean isDone() {
        lock.lock();
        try {
            return closed && items.isEmpty() && signed.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more requests.
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }
}
