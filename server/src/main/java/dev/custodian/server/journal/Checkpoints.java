package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.server.store.HeadRow;
import dev.custodian.server.store.Store;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Signs where the journal ends, ten times a second at most: it costs more than a signature with
/// P-256.
final class Checkpoints {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Store store;
    private final CheckpointKey key;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Signed last;

    /// @param at when it was signed, in the nanoseconds of the clock
    record Signed(long size, SignedNote note, long at) {}

    /// @param nanos a clock that is never set back
    Checkpoints(Store store, CheckpointKey key, LongSupplier nanos) {
        this.store = store;
        this.key = key;
        this.nanos = nanos;
    }

    /// The newest checkpoint; one that covers the record at `index` unless the last was signed just
    /// before.
    Signed covering(long index) throws Refused {
        var kept = last;
        if (kept != null && kept.size() > index) {
            return kept;
        }
        lock.lock();
        try {
            kept = last;
            if (kept == null || kept.size() <= index && nanos.getAsLong() - kept.at() >= PAUSE) {
                try (var reader = store.read()) {
                    kept = sign(reader.head());
                }
                last = kept;
            }
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /// One that covers the record at `index`, which is in the store; waits until it may be signed.
    Signed over(long index) throws Refused {
        var newest = covering(index);
        while (newest.size() <= index) {
            try {
                Thread.sleep(Duration.ofNanos(newest.at() + PAUSE - nanos.getAsLong()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Refused(FailureKind.BUSY, "The request was interrupted.");
            }
            newest = covering(index);
        }
        return newest;
    }

    /// A checkpoint of exactly this end of the journal.
    Signed sign(HeadRow head) throws Refused {
        return new Signed(
                head.size(), key.sign(head.size(), Ledger.edge(head).root()), nanos.getAsLong());
    }

    /// The last note that was signed here, for the store; `stored` when there is none.
    Bytes newest(Bytes stored) {
        var kept = last;
        return kept == null ? stored : kept.note().encode();
    }
}
