package dev.custodian.core.intent;

import dev.custodian.core.MalformedException;
import java.util.Locale;

/// What a `change` changes: `what` of the intent and of the journal's record (FORMATS §1, §7).
public enum ChangeKind {
    /// A new PIN, which `SEALED` brings beside the old one. `subject` and `after` are empty.
    PIN,
    /// `subject` is the id that a new device waits under, `after` the thumbprint of its key.
    ADD_DEVICE,
    /// `subject` is the device's id, `after` empty.
    REMOVE_DEVICE,
    /// A new recovery code, which `SEALED` brings. `subject` and `after` are empty.
    RECOVERY_CODE,
    /// By the recovery code: all devices removed; a new device, PIN and K. `subject` is the owner,
    /// `after` the thumbprint of the new device's key.
    RECOVER,
    /// By a device: stops a recovery during its delay. `subject` is empty, `after` the thumbprint
    /// of the key that waits.
    CANCEL_RECOVERY;

    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static ChangeKind parse(String text) throws MalformedException {
        for (var kind : values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new MalformedException("not a kind of change");
    }
}
