package dev.custodian.agent.session;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.FolderKey;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// What seals the secrets of a folder, if anything does, and whether it is open.
final class FolderSeal {
    private static final System.Logger LOG = System.getLogger(FolderSeal.class.getName());

    private final Path folder;
    private final Stores stores;
    private final SecureRandom random;

    /// How the secrets are kept; null when nothing seals them.
    private volatile @Nullable Verdict verdict;

    /// What opens them; null when nothing seals them, or it is not open yet.
    private volatile @Nullable FolderKey key;

    private FolderSeal(Path folder, Stores stores, SecureRandom random) throws Refused {
        this.folder = folder;
        this.stores = stores;
        this.random = random;
        this.verdict = FolderKey.of(folder);
    }

    static FolderSeal of(Path folder, Stores stores, SecureRandom random) throws Refused {
        return new FolderSeal(folder, stores, random);
    }

    /// Opens it, or makes one, where something seals for the login at each start. A keyring opens
    /// it when it is first needed.
    ///
    /// @return whether it is open now
    boolean open() throws Refused {
        if (verdict == Verdict.SOFTWARE_PASSPHRASE || verdict == Verdict.HARDWARE_CLAIMED) {
            return false;
        }
        if (stores.login() instanceof Login.Always(var login)) {
            openBy(login, verdict == null);
            return true;
        }
        if (stores.login() instanceof Login.None && verdict == Verdict.SOFTWARE_LOGIN_BOUND) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    folder + " was sealed for a login on another system.");
        }
        return false;
    }

    private void openBy(LoginSeal login, boolean isNew) throws Refused {
        try {
            key =
                    isNew
                            ? FolderKey.create(folder, login, random)
                            : FolderKey.open(folder, login, random);
        } catch (DeviceException e) {
            throw e.refused();
        }
        verdict = Verdict.SOFTWARE_LOGIN_BOUND;
    }

    boolean isIn(Path another) {
        return folder.equals(another);
    }

    @Nullable Verdict verdict() {
        return verdict;
    }

    boolean hasPassphrase() {
        return verdict == Verdict.SOFTWARE_PASSPHRASE;
    }

    boolean isOfTpm() {
        return verdict == Verdict.HARDWARE_CLAIMED;
    }

    boolean isOpen() {
        return key != null;
    }

    /// Whether a passphrase has to be typed first.
    boolean isLocked() {
        return key == null && hasPassphrase();
    }

    private boolean isOfKeyring() {
        return verdict == Verdict.SOFTWARE_LOGIN_BOUND && stores.login() instanceof Login.Keyring;
    }

    /// Opened by the TPM or the keyring, where that is what it takes, without asking anybody; null
    /// when nothing seals, or a passphrase that was not typed yet does.
    synchronized @Nullable FolderKey key() throws Refused {
        if (key == null && isOfTpm()) {
            try {
                key = FolderKey.open(folder, stores.tpm(), random);
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        }
        if (isOfKeyring() && stores.login() instanceof Login.Keyring(var quiet, _)) {
            openBy(quiet);
        }
        return key;
    }

    /// Opens what the keyring opens, which asks its person if it is locked.
    synchronized void ask() throws Refused {
        if (isOfKeyring() && stores.login() instanceof Login.Keyring(_, var asking)) {
            openBy(asking);
        }
    }

    private void openBy(LoginSeal keyring) throws Refused {
        if (key != null) {
            return;
        }
        try {
            key = FolderKey.open(folder, keyring, random);
        } catch (DeviceException e) {
            throw refused(e);
        }
    }

    /// The sentence of a keyring says by itself what to do.
    private static Refused refused(DeviceException e) {
        return new Refused(
                e.failure() == DeviceFailure.STORE_SEALED
                        ? FailureKind.KEY_SEALED
                        : FailureKind.DEVICE_KEY_UNUSABLE,
                e.refused().detail());
    }

    /// Why the keyring will never open it: it has no item for that any more, or another one. Empty
    /// when it opens it, and when nobody knows.
    synchronized String lost() {
        if (key != null || !(stores.login() instanceof Login.Keyring(var quiet, _))) {
            return "";
        }
        if (verdict != Verdict.SOFTWARE_LOGIN_BOUND) {
            return "";
        }
        try {
            FolderKey.open(folder, quiet, random).close();
            return "";
        } catch (DeviceException e) {
            return e.failure() == DeviceFailure.KEY_FOREIGN
                            || e.failure() == DeviceFailure.KEY_DAMAGED
                    ? e.refused().detail()
                    : "";
        }
    }

    /// Puts the folder under a passphrase, which it was not before.
    synchronized void create(Secret passphrase) throws Refused {
        key = FolderKey.create(folder, passphrase, random);
        verdict = Verdict.SOFTWARE_PASSPHRASE;
    }

    /// Puts the folder under the TPM.
    synchronized void createByTpm() throws Refused {
        try {
            key = FolderKey.create(folder, stores.tpm(), random);
            verdict = Verdict.HARDWARE_CLAIMED;
        } catch (DeviceException e) {
            throw Stores.refused(e);
        }
    }

    /// Puts the folder under the keyring of the login.
    synchronized void createByKeyring() throws Refused {
        if (!(stores.login() instanceof Login.Keyring(_, var asking))) {
            throw new IllegalStateException("no keyring");
        }
        key = FolderKey.create(folder, asking, random);
        verdict = Verdict.SOFTWARE_LOGIN_BOUND;
    }

    /// What the keyring keeps for the key of a folder.
    static Bytes item(Path folder) {
        return FolderKey.sealedForLogin(folder);
    }

    /// Has the keyring forget what it keeps for a folder that is none any more. What it cannot
    /// forget now stays there, and opens nothing.
    static void forget(Bytes item, Stores stores) {
        if (item.size() == 0 || !(stores.login() instanceof Login.Keyring(var quiet, _))) {
            return;
        }
        try {
            quiet.forget(item.toArray());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the keyring keeps an item: {0}", e.getMessage());
        }
    }

    /// Refused (`KEY_SEALED`) when the passphrase is another one.
    synchronized void unlock(Secret passphrase) throws Refused {
        key = FolderKey.open(folder, passphrase, random);
    }

    synchronized void lock() {
        var open = key;
        key = null;
        if (open != null) {
            open.close();
        }
    }
}
