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
import dev.custodian.device.KeyUri;
import dev.custodian.device.Privacy;
import dev.custodian.device.Shares;
import dev.custodian.device.StoreKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// A device that this machine is about to become: key, share, recovery code and what was asked of
/// the server. All of it is on the disk before the server hears of it, so that nothing is lost when
/// the agent ends in between.
final class NextDevice {
    private static final String ASKED = "asked";
    private static final String CODE = "code";
    private static final String TOLD = "told";

    /// A memory that the owner's chain has not confirmed yet.
    private static final String UNCHECKED = "unchecked";

    private final Path folder;
    private final SecureRandom random;
    private final Privacy privacy;
    private final Keys keys;

    private NextDevice(Path folder, SecureRandom random, Privacy privacy, Keys keys) {
        this.folder = folder;
        this.random = random;
        this.privacy = privacy;
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
        keep(new KeyNote("", false, taken.store(), "", taken.passedOver()));
    }

    /// The person was told what a proof of the key shows the server.
    void keepTold() throws Refused {
        write(TOLD, new byte[0]);
    }

    boolean wasTold() {
        return has(TOLD);
    }

    private void keep(KeyNote note) throws Refused {
        write(KeyNote.FILE, note.encode().toArray());
    }

    /// Seals what is not sealed yet.
    void seal() throws Refused {
        DeviceFile.in(folder, keys.key()).seal();
        Shares.in(folder, random, keys.key()).seal(AgentFolder.DEVICE);
        if (has(CODE)) {
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
        return has(AgentFolder.DEVICE + ".share")
                ? shares.load(AgentFolder.DEVICE)
                : shares.create(AgentFolder.DEVICE);
    }

    /// The recovery code that is to hold once this is a device; the caller closes it.
    Secret code() throws Refused {
        if (!has(CODE)) {
            return renewCode();
        }
        var kept = Secret.owning(read(CODE));
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
            write(CODE, code.expose());
            return;
        }
        try (var sealed = key.seal(CODE, code)) {
            write(CODE, sealed.expose());
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
        return has(ASKED) ? Bytes.of(read(ASKED)) : Bytes.EMPTY;
    }

    void keepAsked(Bytes asked) throws Refused {
        write(ASKED, asked.toArray());
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
            throw unusable(UNCHECKED);
        }
    }

    /// Forgets all of it, but a key on a card.
    void delete() throws Refused {
        try {
            if (note().isElsewhere() && note().uri() instanceof KeyUri.TpmFile file) {
                keys.stores.forget(file);
            }
            delete(folder);
        } catch (IOException e) {
            throw unusable("");
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

    private boolean has(String name) {
        return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    private byte[] read(String name) throws Refused {
        try (var in = Files.newInputStream(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unusable(name);
        }
    }

    private void write(String name, byte[] octets) throws Refused {
        try {
            var draft = Files.createTempFile(folder, ".new", "", privacy.file());
            try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                for (var left = ByteBuffer.wrap(octets); left.hasRemaining(); ) {
                    channel.write(left);
                }
                channel.force(true);
            } catch (IOException e) {
                Files.delete(draft);
                throw e;
            }
            Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            privacy.force(folder);
        } catch (IOException e) {
            throw unusable(name);
        }
    }

    private Refused unusable(String name) {
        return new Refused(
                FailureKind.KEY_FILE_UNUSABLE,
                folder.resolve(name) + " cannot be read or written.");
    }
}
