package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Memory;
import dev.custodian.client.Remembered;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.device.FolderKey;
import dev.custodian.device.Privacy;
import dev.custodian.device.Shares;
import dev.custodian.device.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// A device that this machine is about to become: key, share, recovery code and what was asked of
/// the server. All of it is on the disk before the server hears of it, so that nothing is lost when
/// the agent ends in between.
final class NextDevice {
    private static final String ASKED = "asked";
    private static final String CODE = "code";

    /// A memory that the owner's chain has not confirmed yet.
    private static final String UNCHECKED = "unchecked";

    private final Path folder;
    private final SecureRandom random;
    private final PrivateFiles files;
    private final Keys keys;

    private NextDevice(Path folder, SecureRandom random, Privacy privacy, Keys keys) {
        this.folder = folder;
        this.random = random;
        this.files = new PrivateFiles(folder, privacy);
        this.keys = keys;
    }

    /// What it stands on.
    ///
    /// @param seal of its secrets
    record Keys(Stores stores, FolderSeal seal) {
        @Nullable FolderKey key() throws Refused {
            return seal.key();
        }
    }

    static NextDevice open(Path folder, SecureRandom random, Privacy privacy, Keys keys)
            throws Refused {
        Shares.in(folder, random);
        return new NextDevice(folder, random, privacy, keys);
    }

    /// Where its key is; [KeyNote#NONE] before it was made.
    KeyNote note() throws Refused {
        return KeyNote.in(folder);
    }

    /// Makes its key: in this store, or as a file.
    void make(Stores.Taken taken) throws Refused {
        if (taken.kind() != StoreKind.SOFTWARE) {
            keep(keys.stores.make(taken));
            return;
        }
        DeviceFile.in(folder, keys.key()).create();
        keep(new KeyNote("", false, taken.store(), taken.sentence(), taken.passedOver(), false));
    }

    /// The person was told what a proof of the key shows the server.
    void keepTold() throws Refused {
        keep(note().withTold());
    }

    private void keep(KeyNote note) throws Refused {
        files.write(KeyNote.FILE, note.encode().toArray());
    }

    /// Opens what the keyring of the login opens, which asks its person if it is locked.
    void askKeyring() throws Refused {
        keys.seal.ask();
    }

    /// Seals what is not sealed yet.
    void seal() throws Refused {
        DeviceFile.in(folder, keys.key()).seal();
        Shares.in(folder, random, keys.key()).seal(AgentFolder.DEVICE);
        if (files.has(CODE)) {
            try (var code = code()) {
                writeCode(code);
            }
        }
    }

    DeviceSigner signer() throws Refused {
        var note = note();
        return note.isElsewhere()
                ? keys.stores.signer(note)
                : DeviceFile.in(folder, keys.key()).load();
    }

    /// The caller closes it.
    Secret share() throws Refused {
        var shares = Shares.in(folder, random, keys.key());
        return files.has(AgentFolder.DEVICE + ".share")
                ? shares.load(AgentFolder.DEVICE)
                : shares.create(AgentFolder.DEVICE);
    }

    /// The recovery code that is to hold once this is a device; the caller closes it.
    Secret code() throws Refused {
        if (!files.has(CODE)) {
            return renewCode();
        }
        var kept = Secret.owning(files.read(CODE));
        if (!FolderKey.isSealed(kept)) {
            return kept;
        }
        var key = keys.key();
        try (kept) {
            if (key == null) {
                throw new Refused(FailureKind.KEY_SEALED);
            }
            return key.open(CODE, kept);
        }
    }

    private void writeCode(Secret code) throws Refused {
        var key = keys.key();
        if (key == null) {
            files.write(CODE, code.expose());
            return;
        }
        try (var sealed = key.seal(CODE, code)) {
            files.write(CODE, sealed.expose());
        }
    }

    /// Makes another recovery code; the caller closes it.
    Secret renewCode() throws Refused {
        var code = RecoveryCode.make(random);
        writeCode(code);
        return code;
    }

    /// What was asked of the server; nothing when it is empty.
    Bytes asked() throws Refused {
        return files.has(ASKED) ? Bytes.of(files.read(ASKED)) : Bytes.EMPTY;
    }

    void keepAsked(Bytes asked) throws Refused {
        files.write(ASKED, asked.toArray());
    }

    /// Begins a memory that is not believed before the owner's chain was looked at.
    Memory unchecked(Remembered first) throws Refused {
        return Memory.begin(folder.resolve(UNCHECKED), first);
    }

    /// From now on, the unchecked memory is this device's.
    void checked() throws Refused {
        try {
            Files.move(
                    folder.resolve(UNCHECKED),
                    folder.resolve(AgentFolder.MEMORY),
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw files.unusable(UNCHECKED);
        }
    }

    /// Forgets all of it, but a key on a card.
    void delete() throws Refused {
        try {
            keys.stores.forget(note());
            delete(folder);
        } catch (IOException e) {
            throw files.unusable("");
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
