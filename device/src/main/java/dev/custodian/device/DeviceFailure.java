package dev.custodian.device;

import dev.custodian.core.FailureKind;
import java.util.Locale;

/// The closed list of what can go wrong with a store of device keys and its device. Each store maps
/// the numbers of its device to this list in one table; `docs/reference/device-failures.md` follows
/// both.
public enum DeviceFailure {
    // the store
    STORE_ABSENT(
            FailureKind.KEY_FILE_UNUSABLE,
            "This machine has no such store of keys.",
            "Attach the device, or turn it on in the firmware's settings; or use another store."
                    + " Where it is lost for good, enrol this machine anew."),
    STORE_DENIED(
            FailureKind.KEY_FILE_UNUSABLE,
            "You may not use this store of keys.",
            "Have an administrator give you the right that is named, then log in anew."),
    STORE_EXPOSED(
            FailureKind.KEY_FILE_EXPOSED,
            "Others can reach the files of the keys.",
            "Take the named rights away."),
    STORE_SEALED(
            FailureKind.KEY_SEALED,
            "The store of keys is sealed.",
            "Open it with its passphrase, then try again."),
    PASSPHRASE_WRONG(
            FailureKind.KEY_SEALED,
            "The passphrase is not the right one, or the file that it opens is damaged.",
            "Type it again."),
    STORE_FULL(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device has no room left.",
            "End other programs that use it, then try again."),
    STORE_BUSY(FailureKind.KEY_FILE_UNUSABLE, "The device is busy.", "Try again in a moment."),
    STORE_SILENT(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device did not answer in time.",
            "Take it out and put it in again, or restart the machine."),
    STORE_GONE(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device was taken away, or cannot be reached.",
            "Attach it again, then try again. Where it is lost for good, enrol this machine anew."),
    STORE_BROKEN(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device or its file system failed.",
            "See the number and the name of the error; if it stays, use another store."),
    STORE_LIED(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device's answer cannot be true; nothing of it was used.",
            "Do not go on with this device: it is broken, or something sits in between."),
    UNSUPPORTED(
            FailureKind.KEY_FILE_UNUSABLE,
            "This store cannot do that.",
            "Use a key of another type, or another store."),

    // a key
    KEY_UNKNOWN(
            FailureKind.KEY_FILE_UNUSABLE,
            "There is no such key here.",
            "List the keys and choose one of them."),
    KEY_EXISTS(
            FailureKind.KEY_FILE_UNUSABLE,
            "There is a key of this name already; it is not replaced.",
            "Choose another name, or delete the key first."),
    KEY_DAMAGED(
            FailureKind.KEY_FILE_UNUSABLE,
            "The file of the key is damaged or was changed.",
            "Restore it from a backup, or make a new key and enrol it."),
    KEY_FOREIGN(
            FailureKind.KEY_FILE_UNUSABLE,
            "The key belongs to another device, or the device was cleared since it was made.",
            "Bring the former device back; where it is lost or was cleared, enrol this machine"
                    + " anew."),
    CLOSED(FailureKind.KEY_FILE_UNUSABLE, "The key or its store was closed.", "Open it again."),

    // a PIN
    PIN_NEEDED(
            FailureKind.KEY_SEALED,
            "The key needs its PIN.",
            "Look how many tries are left, then type it."),
    PIN_WRONG(
            FailureKind.KEY_SEALED,
            "The PIN is not the right one.",
            "Look how many tries are left, then type it again."),
    PIN_LOCKED(
            FailureKind.KEY_SEALED,
            "The device takes no PIN now: too many were wrong.",
            "Wait the time that is shown, or have the device's owner reset it."),
    PIN_UNFIT(
            FailureKind.KEY_FILE_UNUSABLE,
            "The device cannot take such a PIN.",
            "Choose one of the length that is named.");

    private final FailureKind kind;
    private final String sentence;
    private final String nextStep;

    DeviceFailure(FailureKind kind, String sentence, String nextStep) {
        this.kind = kind;
        this.sentence = sentence;
        this.nextStep = nextStep;
    }

    /// Its id in logs and in `docs/reference/device-failures.md`: `key-foreign`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What the rest of the product tells.
    public FailureKind kind() {
        return kind;
    }

    /// What happened, in one sentence.
    public String sentence() {
        return sentence;
    }

    /// What to do now, in one sentence.
    public String nextStep() {
        return nextStep;
    }
}
