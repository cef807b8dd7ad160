package dev.custodian.it.crash;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The named points of one server process. Each passage is delayed by up to some milliseconds, so
/// that the windows around the commit are wide; one chosen passage ends the process.
final class Failpoints {
    /// As of a process that was killed by a signal: 128 + 9.
    static final int KILLED = 137;

    private final @Nullable Point deadly;
    private final int deadlyPassage;
    private final int delayMillis;
    private final LineLog log;
    private volatile boolean armed;
    private final Map<Point, AtomicInteger> passages = new EnumMap<>(Point.class);

    /// @param deadly where to die; null for nowhere
    /// @param deadlyPassage on which passage, from 1
    /// @param log gets a line for each passage, and one for the death
    Failpoints(@Nullable Point deadly, int deadlyPassage, int delayMillis, LineLog log) {
        this.deadly = deadly;
        this.deadlyPassage = deadlyPassage;
        this.delayMillis = delayMillis;
        this.log = log;
        for (var point : Point.values()) {
            passages.put(point, new AtomicInteger());
        }
    }

    /// Counts from now on: a server that dies before it said where it is cannot be told from one
    /// that does not start.
    void arm() {
        armed = true;
    }

    /// Whether it serves: a start that fails says nothing about a run.
    boolean isArmed() {
        return armed;
    }

    /// Passes a point, or dies there.
    void pass(Point point) {
        if (!armed) {
            return;
        }
        int passage = Objects.requireNonNull(passages.get(point)).incrementAndGet();
        log.add("passed " + point.text());
        if (delayMillis > 0) {
            // a delay is the fault that is injected here, not a wait for anything
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(delayMillis * 1_000_000L));
        }
        if (point == deadly && passage == deadlyPassage) {
            log.add("killed " + point.text());
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
