package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One lock for each key that is in use just now.
final class KeyedLocks<K> {
    /// Most that hold one lock or wait for it.
    private static final int MOST = 100;

    private static final class Counted {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    /// Gives the lock back when closed.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final ConcurrentHashMap<K, Counted> locks = new ConcurrentHashMap<>();

    /// Waits for the lock of `key`; refused when many wait already, so that nobody takes all places
    /// of the server with one key.
    Held hold(K key) throws Refused {
        var place = new int[1];
        var counted =
                Objects.requireNonNull(
                        locks.compute(
                                key,
                                (_, present) -> {
                                    var entry = present == null ? new Counted() : present;
                                    place[0] = ++entry.users;
                                    return entry;
                                }));
        if (place[0] > MOST) {
            leave(key);
            throw new Refused(FailureKind.BUSY);
        }
        counted.lock.lock();
        return () -> {
            counted.lock.unlock();
            leave(key);
        };
    }

    private void leave(K key) {
        locks.computeIfPresent(key, (_, entry) -> --entry.users == 0 ? null : entry);
    }
}
