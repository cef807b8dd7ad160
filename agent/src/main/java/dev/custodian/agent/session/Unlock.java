package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.PinProtected.PinState;
import java.util.ArrayList;
import java.util.List;

/// Asks for what stands before the device key: a passphrase, or the PIN of a card, which is given
/// once from a login to the logout. A keyring asks by itself.
final class Unlock {
    private static final int MOST_TRIES = 3;

    private Unlock() {}

    /// Both, as far as they are needed. Refused with `KEY_SEALED` or `APPROVAL_REFUSED`.
    static void all(AgentFolder folder, Asker asker) throws Refused {
        folder.askKeyring();
        Passphrase.unlock(folder, asker);
        if (folder.isLocked()) {
            var shown = asker.shown(Asker.computed("what", "the device key, until you log out"));
            pin(folder.stores(), folder.note(), asker, shown);
        }
    }

    /// Asks for the PIN of a card, if the key wants one. How many tries are left is said each time
    /// before; with none left nothing is asked.
    static void pin(Stores stores, KeyNote note, Asker asker, List<Shown> shown) throws Refused {
        if (!note.pin() || stores.isUnlocked(note.uri())) {
            return;
        }
        var guard = stores.key(note.uri()).ability(PinProtected.class);
        if (guard.isPresent()) {
            try {
                pin(guard.get(), asker, shown);
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        }
        stores.unlocked(note.uri());
    }

    private static void pin(PinProtected guard, Asker asker, List<Shown> shown)
            throws Refused, DeviceException {
        var wrong = "";
        for (int tries = 1; true; tries++) {
            var state = guard.pinState();
            if (!state.needed()) {
                return;
            }
            var lines = new ArrayList<>(shown);
            if (!wrong.isEmpty()) {
                lines.add(Asker.computed("last try", wrong));
            }
            try (var typed = ask(state, asker, lines)) {
                guard.unlock(typed, new PinPolicy.Session());
                return;
            } catch (DeviceException e) {
                if (e.failure() != DeviceFailure.PIN_WRONG && e.failure() != DeviceFailure.PIN_UNFIT
                        || tries == MOST_TRIES) {
                    throw e;
                }
                wrong = e.sentences();
            }
        }
    }

    /// The PIN of a card, once; the caller closes it. How many tries are left is said before; with
    /// none left nothing is asked.
    static Secret ask(PinState state, Asker asker, List<Shown> shown) throws Refused {
        if (state.triesLeft() == 0) {
            throw new Refused(
                    FailureKind.KEY_SEALED,
                    "The card takes no PIN any more: too many were wrong. Its PUK gives it a new"
                            + " one; without that, recover on another store.");
        }
        var lines = new ArrayList<>(shown);
        lines.add(Asker.computed("tries", state.sentence()));
        if (state.triesLeft() == 1) {
            lines.add(Asker.computed("careful", "One more wrong PIN locks the card."));
        }
        return asker.enter("The PIN of your smart card", lines, Entry.Wanted.CARD_PIN);
    }
}
