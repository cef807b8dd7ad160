package dev.custodian.server.activation;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One lock for each key that is in use just now.
final class KeyedLocks<K> {
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

    /// Waits for the lock of `key`.
    Held hold(K key) {
        var counted =
                java.util.Objects.requireNonNull(
                        locks.compute(
                                key,
                                (_, present) -> {
                                    var entry = present == null ? new Counted() : present;
                                    entry.users++;
                                    return entry;
                                }));
        counted.lock.lock();
        return () -> {
            counted.lock.unlock();
            locks.computeIfPresent(key, (_, entry) -> --entry.users == 0 ? null : entry);
        };
    }
}
