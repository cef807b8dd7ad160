package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.PinProtected.PinPolicy;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A PIN that was right, for as long as its policy says; wiped then.
final class HeldPin {
    private final LongSupplier nanoTime;
    private @Nullable Secret pin;
    private PinPolicy policy = new PinPolicy.EachUse();
    private long since;

    HeldPin(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void hold(Secret right, PinPolicy forHowLong) {
        drop();
        pin = Secret.copyOf(right.expose(), 0, right.size());
        pin.rest();
        policy = forHowLong;
        since = nanoTime.getAsLong();
    }

    synchronized boolean isHeld() {
        if (policy instanceof PinPolicy.During(var time)
                && nanoTime.getAsLong() - since >= time.toNanos()) {
            drop();
        }
        return pin != null;
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
