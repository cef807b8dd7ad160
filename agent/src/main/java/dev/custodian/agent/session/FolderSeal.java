package dev.custodian.agent.session;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.FolderKey;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginSeal;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// What seals the secrets of a folder, if anything does, and whether it is open.
final class FolderSeal {
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

    /// Opens it, or makes one, by the system's login, unless it is under a passphrase or a TPM's.
    ///
    /// @param login null where the system cannot
    /// @return whether it is open now
    boolean open(@Nullable LoginSeal login) throws Refused {
        if (verdict == Verdict.SOFTWARE_PASSPHRASE || verdict == Verdict.HARDWARE_CLAIMED) {
            return false;
        }
        if (login == null) {
            if (verdict == Verdict.SOFTWARE_LOGIN_BOUND) {
                throw new Refused(
                        FailureKind.KEY_FILE_UNUSABLE,
                        folder + " was sealed for a login on another system.");
            }
            return false;
        }
        try {
            key =
                    verdict == null
                            ? FolderKey.create(folder, login, random)
                            : FolderKey.open(folder, login, random);
        } catch (DeviceException e) {
            throw e.refused();
        }
        verdict = Verdict.SOFTWARE_LOGIN_BOUND;
        return true;
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

    /// Whether a passphrase has to be typed first.
    boolean isLocked() {
        return key == null && hasPassphrase();
    }

    /// Opened by the TPM, where that is what it takes; null when nothing seals, or a passphrase
    /// that was not typed yet does.
    synchronized @Nullable FolderKey key() throws Refused {
        if (key == null && isOfTpm()) {
            try {
                key = FolderKey.open(folder, stores.tpm(), random);
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        }
        return key;
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
