package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.PinProtected.PinPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A PIN that was right, for as long as its policy says; wiped when somebody looks after that. Time
/// is over by whichever of two clocks says so: one stands still while the machine sleeps, the other
/// may be put back.
final class HeldPin {
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private @Nullable Secret pin;
    private PinPolicy policy = new PinPolicy.EachUse();
    private long since;
    private Instant from = Instant.EPOCH;

    HeldPin(LongSupplier nanoTime, InstantSource clock) {
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    synchronized void hold(Secret right, PinPolicy forHowLong) {
        drop();
        pin = Secret.copyOf(right.expose(), 0, right.size());
        pin.rest();
        policy = forHowLong;
        since = nanoTime.getAsLong();
        from = clock.instant();
    }

    synchronized boolean isHeld() {
        if (policy instanceof PinPolicy.During(var time) && isOver(time)) {
            drop();
        }
        return pin != null;
    }

    private boolean isOver(Duration time) {
        return nanoTime.getAsLong() - since >= time.toNanos()
                || Duration.between(from, clock.instant()).compareTo(time) >= 0;
    }

    /// For one signature; the caller closes it. Null when the PIN has to be given anew.
    synchronized @Nullable Secret take() {
        var held = pin;
        if (!isHeld() || held == null) {
            return null;
        }
        if (policy instanceof PinPolicy.EachUse) {
            pin = null;
            return held;
        }
        var copy = Secret.copyOf(held.expose(), 0, held.size());
        held.rest();
        return copy;
    }

    synchronized void drop() {
        if (pin != null) {
            pin.close();
            pin = null;
        }
    }
}
