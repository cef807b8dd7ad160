package dev.custodian.server.journal;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.store.Store;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes: takes what waits, writes it in one transaction, and hands what that
/// allowed to the signers.
final class Writer implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private static final long SWEEP = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 30_000;

    private final Store store;
    private final Clock clock;
    private final Ledger ledger;
    private final Journal.Signer signer;
    private final String node;
    private final Inbox inbox = new Inbox();
    private final ThreadPoolExecutor signers;
    private final Thread thread;
    private final Expiry expiry;

    /// Uses that are committed without outcome, by index. Of the writing thread alone.
    private final Map<Long, RunningUse> running = new HashMap<>();

    private long epoch;

    Writer(
            Store store,
            Clock clock,
            Ledger ledger,
            Journal.Signer signer,
            int signers,
            String node) {
        this.store = store;
        this.clock = clock;
        this.ledger = ledger;
        this.signer = signer;
        this.node = node;
        this.expiry = new Expiry(store, clock);
        this.signers =
                new ThreadPoolExecutor(
                        signers,
                        signers,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("signer-", 0).factory());
        this.thread = Thread.ofPlatform().daemon().name("journal-writer").unstarted(this::run);
    }

    void start() throws Refused {
        // A thread that could not be started later would leave a committed use without its
        // signature.
        signers.prestartAllCoreThreads();
        epoch = new Recovery(store, clock, ledger).begin(node);
        thread.start();
    }

    void submit(Item item) throws Refused {
        inbox.add(item);
    }

    private void run() {
        long sweep = System.nanoTime();
        while (!(inbox.isDone() && running.isEmpty())) {
            try {
                var batch = inbox.take(sweep);
                if (!batch.isEmpty()) {
                    write(batch);
                }
                if (System.nanoTime() - sweep >= 0) {
                    boolean more = expiry.step();
                    sweep = System.nanoTime() + (more ? 0 : SWEEP);
                }
            } catch (InterruptedException e) {
                LOG.error("the writer was interrupted", e);
                return;
            }
        }
    }

    private void write(Inbox.Batch batch) {
        Batch written;
        try {
            written = commit(batch.items(), batch.signed());
        } catch (Throwable e) {
            if (batch.items().size() == 1 && batch.signed().isEmpty()) {
                refuse(batch.items().getFirst(), e);
            } else {
                LOG.warn("a batch was rolled back; its parts are tried alone", e);
                writeAlone(batch);
            }
            return;
        }
        publish(written, batch.signed());
    }

    private static void refuse(Item item, Throwable cause) {
        if (cause instanceof Refused refused) {
            item.refuse(refused);
        } else {
            item.fail(cause);
        }
    }

    /// After a rollback: one bad request must not take the others with it.
    private void writeAlone(Inbox.Batch batch) {
        writeAlone(batch.signed());
        var busy = false;
        for (var item : batch.items()) {
            try {
                if (busy) {
                    throw new Refused(FailureKind.BUSY);
                }
                publish(commit(List.of(item), List.of()), List.of());
            } catch (Throwable e) {
                // Each would wait as long again for another process.
                busy |= e instanceof Refused refused && refused.kind() == FailureKind.BUSY;
                refuse(item, e);
            }
        }
    }

    private void writeAlone(List<RunningUse> signed) {
        if (signed.isEmpty()) {
            return;
        }
        try {
            publish(commit(List.of(), signed), signed);
        } catch (Refused e) {
            LOG.error("{} outcomes are not written yet", signed.size());
            inbox.addSigned(signed, RETRY);
        } catch (RuntimeException e) {
            if (signed.size() == 1) {
                LOG.error("the outcome of use {} cannot be written", signed.getFirst().index(), e);
                running.remove(signed.getFirst().index());
            } else {
                signed.forEach(use -> writeAlone(List.of(use)));
            }
        }
    }

    /// Writes one transaction. An exception means that nothing of it is there.
    private Batch commit(List<Item> items, List<RunningUse> signed) throws Refused {
        try (var tx = store.begin()) {
            var batch = new Batch(tx, clock.instant(), ledger, epoch, running);
            batch.write(items, signed);
            tx.commit();
            return batch;
        }
    }

    /// Everything is durable now, and not before may anything be signed.
    private void publish(Batch batch, List<RunningUse> signed) {
        signed.forEach(use -> running.remove(use.index()));
        for (var use : batch.uses()) {
            running.put(use.index(), use);
            signers.execute(() -> sign(use));
        }
        batch.answer();
        batch.again().forEach(inbox::again);
    }

    private void sign(RunningUse use) {
        use.sign(signer);
        inbox.addSigned(use);
    }

    /// Whether it takes what waits.
    boolean isRunning() {
        return thread.isAlive();
    }

    /// Waits until everything asked is answered and every outcome is written.
    @Override
    public void close() {
        inbox.close();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("uses without outcome are left; the next start closes them as unknown");
        }
        signers.shutdown();
    }
}
