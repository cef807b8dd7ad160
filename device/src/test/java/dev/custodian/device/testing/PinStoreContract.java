package dev.custodian.device.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.PinStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a store has to do besides whose keys may have a PIN.
public abstract class PinStoreContract extends DeviceStoreContract {
    /// How many PINs, or proofs of one, the device was sent so far, as somebody sees who listens on
    /// the way to it.
    protected abstract int pinsSent();

    @Test
    void storeMakesKeysWithAPin() {
        assertThat(abilities()).contains(PinStore.class);
        assertThat(store().ability(PinStore.class)).isPresent();
    }

    /// Makes a key with the PIN 123456.
    private DeviceKey guarded(int number) throws Exception {
        try (var pin = secret("123456")) {
            return store().ability(PinStore.class).orElseThrow().create(spec(number, usual()), pin);
        }
    }

    @Test
    void keyWithAPinSignsForItAloneAndTellsTheTriesBeforehand() throws Exception {
        KeyUri uri;
        try (var made = guarded(1)) {
            uri = made.uri();
        }
        try (var key = store().open(uri);
                var pin = secret("123456");
                var wrong = secret("123457")) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            var before = guard.pinState();
            assertThat(before.needed()).isTrue();
            assertThat(before.triesLeft()).isPositive().isLessThanOrEqualTo(before.limit());
            assertThat(before.sentence()).contains(before.triesLeft() + " of " + before.limit());
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            assertThat(guard.pinState()).isEqualTo(before);

            refused(DeviceFailure.PIN_WRONG, () -> guard.unlock(wrong, new PinPolicy.Session()));
            assertThat(guard.pinState().triesLeft()).isEqualTo(before.triesLeft() - 1);
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));

            guard.unlock(pin, new PinPolicy.EachUse());
            assertThat(guard.pinState().needed()).isFalse();
            assertSigns(key);
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));

            guard.unlock(pin, new PinPolicy.Session());
            assertSigns(key);
            assertSigns(key);
            guard.lock();
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
        }
    }

    @Test
    void pinForSomeMinutesIsGoodUntilTheyAreOver() throws Exception {
        try (var key = guarded(1);
                var pin = secret("123456")) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            guard.unlock(pin, new PinPolicy.During(Duration.ofNanos(1)));
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            assertThat(guard.pinState().needed()).isTrue();

            guard.unlock(pin, new PinPolicy.During(Duration.ofMinutes(10)));
            assertSigns(key);
            assertSigns(key);
            assertThat(guard.pinState().needed()).isFalse();
            guard.lock();
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
        }
    }

    @Test
    void pinIsChangedByWhoKnowsItAlone() throws Exception {
        try (var key = guarded(1);
                var pin = secret("123456");
                var next = secret("654321")) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            refused(DeviceFailure.PIN_WRONG, () -> guard.changePin(next, next));
            guard.changePin(pin, next);
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            refused(DeviceFailure.PIN_WRONG, () -> guard.unlock(pin, new PinPolicy.EachUse()));
            guard.unlock(next, new PinPolicy.EachUse());
            assertSigns(key);
            try (var again = openAnew().open(key.uri())) {
                again.ability(PinProtected.class)
                        .orElseThrow()
                        .unlock(next, new PinPolicy.Session());
                assertSigns(again);
            }
        }
    }

    /// The right one too: a device that is asked once more may count on, or wait longer.
    @Test
    void wrongPinsToTheLastTryLockAndThenNoneIsSent() throws Exception {
        try (var key = guarded(1);
                var pin = secret("123456");
                var next = secret("654321");
                var wrong = secret("123457")) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            int sent = pinsSent();
            for (long left = guard.pinState().triesLeft(); left > 0; left--) {
                assertThat(guard.pinState().triesLeft()).isEqualTo(left);
                refused(
                        DeviceFailure.PIN_WRONG,
                        () -> guard.unlock(wrong, new PinPolicy.Session()));
                assertThat(pinsSent()).isGreaterThan(sent);
                sent = pinsSent();
            }
            assertThat(guard.pinState().triesLeft()).isZero();
            for (var any : List.of(pin, wrong)) {
                refused(DeviceFailure.PIN_LOCKED, () -> guard.unlock(any, new PinPolicy.Session()));
                refused(DeviceFailure.PIN_LOCKED, () -> guard.changePin(any, next));
            }
            assertThat(pinsSent()).isEqualTo(sent);
        }
    }
}
