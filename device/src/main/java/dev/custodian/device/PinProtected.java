package dev.custodian.device;

import dev.custodian.core.Secret;
import java.time.Duration;

/// A key that signs only after its PIN was given.
public interface PinProtected {
    /// What wrong PINs have come to. To be read and shown *before* a PIN is asked for; costs no
    /// try.
    PinState pinState() throws DeviceException;

    /// Tries the PIN, and lets the key sign as the policy says. Costs a try when it is wrong; sends
    /// nothing when no try is left.
    ///
    /// @throws DeviceException `PIN_WRONG`, `PIN_LOCKED`
    void unlock(Secret pin, PinPolicy policy) throws DeviceException;

    /// From now on the PIN is needed again.
    void lock();

    /// Gives the key another PIN. What was unlocked is locked then.
    void changePin(Secret pin, Secret newPin) throws DeviceException;

    /// How wrong PINs are counted, over all keys of the device.
    ///
    /// @param needed whether the next signature needs the PIN first
    /// @param triesLeft wrong PINs until it takes none
    /// @param limit how many that are at most
    /// @param forgets time after which one wrong PIN is no longer counted; zero for never
    record PinState(boolean needed, long triesLeft, long limit, Duration forgets) {
        /// In one sentence for a person.
        public String sentence() {
            var left = triesLeft + " of " + limit + " tries are left.";
            return forgets.isZero()
                    ? left
                    : left + " One comes back each " + forgets.toSeconds() + " s.";
        }
    }

    /// For how long a PIN is good at most. A card's is let go of before that when one try is left,
    /// or the card has another one: whoever signs is told `PIN_NEEDED`, and nothing was sent.
    sealed interface PinPolicy {
        /// For one signature.
        record EachUse() implements PinPolicy {}

        /// For some minutes, however many signatures they hold.
        record During(Duration time) implements PinPolicy {
            public During {
                if (time.isNegative() || time.isZero()) {
                    throw new IllegalArgumentException("no time");
                }
            }
        }

        /// Until the key is locked or closed.
        record Session() implements PinPolicy {}
    }
}
