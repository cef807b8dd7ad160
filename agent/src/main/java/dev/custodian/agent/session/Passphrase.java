package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import java.util.ArrayList;
import java.util.List;

/// Asks for the passphrase that the device key is sealed under.
final class Passphrase {
    private static final int MOST_TRIES = 3;

    private Passphrase() {}

    /// Lets the person choose the first one; none leaves the secrets as plain files.
    ///
    /// @param isKey whether the device key is one of them
    static void choose(AgentFolder folder, Asker asker, List<Shown> shown, boolean isKey)
            throws Refused {
        var lines = new ArrayList<>(shown);
        lines.add(
                Asker.computed(
                        "without one",
                        isKey
                                ? "a copy of the state folder can stand in for this device"
                                : "a copy of the state folder has all but the card"));
        try (var chosen =
                asker.enter(
                        isKey
                                ? "Choose a passphrase for this device's key, or none"
                                : "Choose a passphrase for this device's share, or none",
                        lines,
                        Entry.Wanted.NEW_PASSPHRASE)) {
            if (chosen.size() > 0) {
                folder.seal(chosen);
            }
        }
    }

    /// Asks until it is the right one, three times at most, unless nothing is locked. Refused with
    /// `KEY_SEALED` or `APPROVAL_REFUSED`.
    static void unlock(AgentFolder folder, Asker asker) throws Refused {
        for (int tries = 1; folder.isSealed(); tries++) {
            var shown = asker.shown(Asker.computed("what", "the device key, until you log out"));
            if (tries > 1) {
                shown.add(Asker.computed("last try", "That was not the passphrase."));
            }
            try (var typed =
                    asker.enter("Unlock the key of this device?", shown, Entry.Wanted.PASSPHRASE)) {
                folder.unlock(typed);
            } catch (Refused e) {
                if (e.kind() != FailureKind.KEY_SEALED || tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }
}
