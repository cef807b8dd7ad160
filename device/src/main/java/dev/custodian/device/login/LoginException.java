package dev.custodian.device.login;

import java.io.IOException;

/// The keyring of the login could not do what was asked. Names no secret.
public final class LoginException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What is wrong, as far as anybody acts on it.
    public enum Meaning {
        /// No bus, no keyring on it, or none that new items go to.
        ABSENT,
        /// It is locked, and was not unlocked when it asked.
        LOCKED,
        /// No answer within the time limit.
        SILENT,
        /// The connection to it ended.
        GONE,
        /// It has no item that opens this: the item was deleted, or it is another keyring.
        ITEM_GONE,
        /// An item that does not open this: one of the two was changed.
        CHANGED,
        /// What it answered is no answer, or it did not keep what it said that it keeps.
        LIED,
        /// It refused with an error of its own.
        REFUSED
    }

    private final Meaning meaning;

    public LoginException(Meaning meaning, String message) {
        super(message);
        this.meaning = meaning;
    }

    public Meaning meaning() {
        return meaning;
    }
}
