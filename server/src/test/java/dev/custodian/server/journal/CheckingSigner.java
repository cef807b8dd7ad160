package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Signs with random octets, so that a second signing would show, after it has seen on a connection
/// of its own that the use is in the database.
final class CheckingSigner implements Journal.Signer {
    private final Path file;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<Bytes, AtomicInteger> signings = new ConcurrentHashMap<>();
    private volatile boolean failing;
    private volatile @Nullable CountDownLatch gate;
    private volatile CountDownLatch entered = new CountDownLatch(1);

    CheckingSigner(Path file) {
        this.file = file;
    }

    void fail(boolean nowFailing) {
        failing = nowFailing;
    }

    /// From now on nobody gets through until the latch is counted down.
    CountDownLatch block() {
        var made = new CountDownLatch(1);
        entered = new CountDownLatch(1);
        gate = made;
        return made;
    }

    /// Waits until someone has come to the gate.
    void awaitEntered() throws InterruptedException {
        entered.await();
    }

    int signings(Bytes digest) {
        var count = signings.get(digest);
        return count == null ? 0 : count.get();
    }

    int signings() {
        return signings.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws Exception {
        if (committedDigests(use.index()) != use.digests().size()) {
            throw new AssertionError("signed before the use was committed");
        }
        entered.countDown();
        var closed = gate;
        if (closed != null) {
            closed.await();
        }
        if (failing) {
            throw new IllegalStateException("no HSM");
        }
        var signatures = new ArrayList<Bytes>();
        for (var digest : use.digests()) {
            signings.computeIfAbsent(digest, _ -> new AtomicInteger()).incrementAndGet();
            var octets = new byte[64];
            random.nextBytes(octets);
            signatures.add(Bytes.of(octets));
        }
        return signatures;
    }

    private int committedDigests(long use) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var query =
                        connection.prepareStatement(
                                "SELECT count(*) FROM journal, digest WHERE number = ? AND state = 1 AND used_in = ?")) {
            query.setLong(1, use);
            query.setLong(2, use);
            try (var rows = query.executeQuery()) {
                return rows.getInt(1);
            }
        }
    }
}
