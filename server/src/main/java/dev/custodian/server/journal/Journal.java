package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The one writer of a store, and the door to what it wrote.
///
/// Whatever changes the store goes through here, into one transaction per batch. A use is committed
/// before it is signed; its answer does not wait for the outcome, which goes into a later batch.
/// The methods block: callers are virtual threads.
public final class Journal implements AutoCloseable {
    /// Makes signatures: the vault.
    public interface Signer {
        /// One signature for each digest, in order. Throws when no signature left the vault.
        List<Bytes> sign(JournalledUse use) throws Exception;
    }

    /// Any other atomic change. It runs inside the batch's transaction, and once more if that batch
    /// had to be rolled back; to refuse, it must not have written anything.
    public interface Work<T extends @Nullable Object> {
        T run(Tx tx, Appender journal) throws Refused;
    }

    /// What must hold when an authorization is written; runs in the same transaction, under the
    /// rules of [Work].
    public interface Guard {
        void check(Tx tx) throws Refused;
    }

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long POLL_MILLIS = 50;
    private static final int CALLERS = 2_048;

    private final Writer writer;
    private final History history;
    private final Semaphore callers = new Semaphore(CALLERS);

    /// @param salts a secure source
    /// @param signers number of threads that sign
    /// @param node name of this node; no two running ones have the same
    public Journal(
            Store store,
            Clock clock,
            RandomGenerator salts,
            CheckpointKey key,
            Signer signer,
            int signers,
            String node) {
        var checkpoints = new Checkpoints(store, key, System::nanoTime);
        this.history = new History(store, checkpoints);
        this.writer =
                new Writer(store, clock, new Ledger(salts, checkpoints), signer, signers, node);
    }

    /// Closes as `unknown` what this node left open when it last ran, then takes requests.
    public void start() throws Refused {
        writer.start();
    }

    /// Signs by the rules of FORMATS §5; returns the signatures in the order of the request's
    /// digests.
    public List<Bytes> use(UseRequest request) throws Refused {
        if (!callers.tryAcquire()) {
            throw new Refused(FailureKind.BUSY);
        }
        try {
            long deadline = System.nanoTime() + WAIT_NANOS;
            while (true) {
                var ask = new Item.Ask(request);
                writer.submit(ask);
                var parts = await(ask.answer(), deadline);
                if (parts.stream().noneMatch(Part.Elsewhere.class::isInstance)) {
                    return signatures(parts, deadline);
                }
                // Another node signs: its result will be in the store.
                if (deadline - System.nanoTime() <= 0) {
                    throw new Refused(
                            FailureKind.BUSY, "Another node is still signing this digest.");
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.BUSY, "The request was interrupted.");
        } finally {
            callers.release();
        }
    }

    private static List<Bytes> signatures(List<Part> parts, long deadline)
            throws Refused, InterruptedException {
        var signatures = new Bytes[parts.size()];
        for (int i = 0; i < signatures.length; i++) {
            signatures[i] =
                    switch (parts.get(i)) {
                        case Part.Stored(var signature) -> signature;
                        case Part.Running(var use, int at) ->
                                await(use.signatures(), deadline).get(at);
                        case Part.Elsewhere() -> throw new IllegalStateException("not signed here");
                    };
        }
        return List.of(signatures);
    }

    /// Writes an `approval` and its authorization; for an intent that has one already, returns that
    /// one.
    public AuthorizationRow authorize(NewAuthorization authorization, Guard guard) throws Refused {
        return authorize(authorization, guard, _ -> {});
    }

    /// As [#authorize(NewAuthorization, Guard)], at a price.
    ///
    /// @param spend takes, and so may write, what a new authorization costs; not asked for an
    ///   intent that has one
    public AuthorizationRow authorize(NewAuthorization authorization, Guard guard, Guard spend)
            throws Refused {
        var approve = new Item.Approve(authorization, guard, spend);
        writer.submit(approve);
        return await(approve.answer());
    }

    /// Does any other work atomically; returns what it returned, once that is committed.
    public <T extends @Nullable Object> T write(Work<T> work) throws Refused {
        return done(work).result();
    }

    /// Journals that a key is going to be made; returns the permission to make it.
    public JournalledCreation create(NewCreation creation) throws Refused {
        var details =
                Map.of(
                        "owner", creation.owner().text(),
                        "algorithm", creation.algorithm().display(),
                        "subject", creation.subject());
        var credential = creation.credential();
        var change =
                new NewChange(
                        credential, "creating", credential.text(), creation.by(), null, details);
        var done = done((tx, journal) -> journal.append(change));
        return new JournalledCreation(done.firstIndex(), creation);
    }

    private <T extends @Nullable Object> Item.Done<T> done(Work<T> work) throws Refused {
        var item = new Item.Do<>(work);
        writer.submit(item);
        return await(item.answer());
    }

    /// Records of a chain after number `seq`, `limit` at most, with what proves them.
    ///
    /// @param seen size of the last checkpoint that the caller knows; 0 for none
    public Page since(Id chain, long seq, int limit, long seen) throws Refused {
        return history.since(chain, seq, limit, seen);
    }

    /// As [#since(Id, long, int, long)], and nothing of it is pending: whoever reads a chain to the
    /// end would find it longer again each time, while others add to it. Waits a tenth of a second
    /// at most.
    public Page settled(Id chain, long seq, int limit, long seen) throws Refused {
        return history.settled(chain, seq, limit, seen);
    }

    /// Writes the whole journal as JSON lines with a checkpoint of exactly these records, for
    /// independent checkers: `index`, `salt`, `record` and, beside an approval, `evidence`; then
    /// `checkpoint`. All binary members are base64url.
    public void export(OutputStream out) throws Refused, IOException {
        history.export(out);
    }

    private static <T extends @Nullable Object> T await(Future<T> future) throws Refused {
        try {
            return await(future, Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.BUSY, "The request was interrupted.");
        }
    }

    private static <T extends @Nullable Object> T await(Future<T> future, long deadline)
            throws Refused, InterruptedException {
        try {
            return deadline == Long.MAX_VALUE
                    ? future.get()
                    : future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw new IllegalStateException("the writer failed", e.getCause());
        } catch (TimeoutException e) {
            throw new Refused(FailureKind.BUSY, "The signature is not made yet.");
        }
    }

    /// Whether the writer runs: without it no request is ever answered.
    public boolean isRunning() {
        return writer.isRunning();
    }

    /// Ends in order: what was asked is answered, and what was signed is recorded.
    @Override
    public void close() {
        writer.close();
    }
}
