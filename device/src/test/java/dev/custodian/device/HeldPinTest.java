package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.PinProtected.PinPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeldPinTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private Instant now = Instant.parse("2026-11-27T12:00:00Z");
    private final HeldPin held = new HeldPin(clock::get, () -> now);

    private void hold(PinPolicy policy) {
        try (var pin = Secret.owning(Bytes.utf8("123456").toArray())) {
            held.hold(pin, policy);
        }
    }

    private boolean isGiven() {
        try (var pin = held.take()) {
            return pin != null && Bytes.of(pin.expose()).equals(Bytes.utf8("123456"));
        }
    }

    @Test
    void nothingIsHeldBeforeAndAfter() {
        assertThat(held.isHeld()).isFalse();
        assertThat(isGiven()).isFalse();
        hold(new PinPolicy.Session());
        held.drop();
        assertThat(held.isHeld()).isFalse();
        assertThat(isGiven()).isFalse();
    }

    @Test
    void pinForEachUseIsGivenOnce() {
        hold(new PinPolicy.EachUse());
        assertThat(held.isHeld()).isTrue();
        assertThat(isGiven()).isTrue();
        assertThat(held.isHeld()).isFalse();
        assertThat(isGiven()).isFalse();
    }

    @Test
    void pinForMinutesIsGivenUntilTheyAreOverAlsoWhenTheClockWraps() {
        hold(new PinPolicy.During(Duration.ofMinutes(1)));
        assertThat(isGiven()).isTrue();
        clock.addAndGet(MINUTE - 1);
        assertThat(isGiven()).isTrue();
        clock.addAndGet(1);
        assertThat(held.isHeld()).isFalse();
        assertThat(isGiven()).isFalse();
        clock.addAndGet(-MINUTE);
        assertThat(isGiven()).as("it was wiped").isFalse();
    }

    /// The one clock stands still then.
    @Test
    void pinForMinutesIsNotGivenAfterTheMachineSlept() {
        hold(new PinPolicy.During(Duration.ofMinutes(1)));
        now = now.plusSeconds(59);
        assertThat(isGiven()).isTrue();
        now = now.plusSeconds(1);
        assertThat(isGiven()).isFalse();
        now = now.minusSeconds(60);
        assertThat(isGiven()).as("it was wiped").isFalse();
    }

    @Test
    void pinForMinutesIsNotGivenLongerWhenTheClockIsPutBack() {
        hold(new PinPolicy.During(Duration.ofMinutes(1)));
        now = now.minus(Duration.ofDays(1));
        assertThat(isGiven()).isTrue();
        clock.addAndGet(MINUTE);
        assertThat(isGiven()).isFalse();
    }

    @Test
    void pinForTheSessionIsGivenAsOftenAsAsked() {
        hold(new PinPolicy.Session());
        clock.addAndGet(1000 * MINUTE);
        assertThat(isGiven()).isTrue();
        assertThat(isGiven()).isTrue();
    }

    @Test
    void takenPinIsWipedByWhoTookItAndTheHeldOneStays() {
        hold(new PinPolicy.Session());
        var pin = held.take();
        assertThat(pin).isNotNull();
        pin.close();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(pin::expose);
        assertThat(isGiven()).isTrue();
    }

    @Test
    void noTimeIsNoPolicy() {
        for (var time : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new PinPolicy.During(time));
        }
    }
}
