package dev.custodian.agent.session;

import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Memory;
import dev.custodian.client.SessionFile;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.FolderKey;
import dev.custodian.device.Privacy;
import dev.custodian.device.Shares;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a device keeps from one run to the next: its key, its share, its login and what it
/// remembers of the server. A private folder of this user's, used by one agent at a time.
///
/// Where the system can seal for the user's login, all secrets in it are sealed so, without asking;
/// elsewhere under a passphrase, if the person chooses one.
///
/// In it, the folder `next` holds a device that this machine is about to become. It takes the place
/// of the one before when its memory is there; an agent that ends in the middle of that goes on
/// when it starts again.
public final class AgentFolder implements AutoCloseable {
    /// Name of key and share.
    public static final String DEVICE = "device";

    /// Name of the file that the memory is in.
    public static final String MEMORY = "memory";

    private static final String UNSEALED =
            "The device key is a file: any program that runs as this user, and any copy of its"
                    + " folder, can use it.";
    private static final String SESSION = "session";
    private static final String NEXT = "next";

    /// A file that is there while no certificates are to be shown to programs.
    private static final String UNSYNCED = "unsynced";

    private final Path folder;
    private final Privacy privacy;
    private final SecureRandom random;
    private final FileChannel lock;

    /// How the secrets here are kept; null when nothing seals them.
    private volatile @Nullable Verdict verdict;

    /// What opens the secrets here; null when they are not sealed, or not opened yet.
    private volatile @Nullable FolderKey key;

    private AgentFolder(Path folder, Privacy privacy, SecureRandom random, FileChannel lock) {
        this.folder = folder;
        this.privacy = privacy;
        this.random = random;
        this.lock = lock;
    }

    /// The same, on a system that cannot seal for its user's login.
    public static AgentFolder open(Path folder, SecureRandom random) throws Refused {
        return open(folder, null, random);
    }

    /// Opens the folder for this process alone, or refuses with `AGENT_IN_USE`.
    ///
    /// @param login what seals for the user's login; null where the system cannot
    public static AgentFolder open(Path folder, @Nullable LoginSeal login, SecureRandom random)
            throws Refused {
        // Refuses a folder that others may enter.
        Shares.in(folder, random);
        requireOurs(folder);
        var privacy = Privacy.of(folder);
        var lock = lock(folder, privacy);
        var opened = new AgentFolder(folder, privacy, random, lock);
        try {
            opened.begin(login);
            opened.adopt();
            return opened;
        } catch (Refused | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void begin(@Nullable LoginSeal login) throws Refused {
        verdict = FolderKey.of(folder);
        if (verdict == Verdict.SOFTWARE_PASSPHRASE) {
            return;
        }
        if (login == null) {
            if (verdict == Verdict.SOFTWARE_LOGIN_BOUND) {
                throw new Refused(
                        FailureKind.KEY_FILE_UNUSABLE,
                        folder + " was sealed for a login on another system.");
            }
            return;
        }
        key =
                verdict == null
                        ? FolderKey.create(folder, login, random)
                        : FolderKey.open(folder, login, random);
        verdict = Verdict.SOFTWARE_LOGIN_BOUND;
        sealAll();
    }

    /// Whoever else owns the folder can put another device there. Where there are no modes, its
    /// rights were looked at already, and the owner with them.
    private static void requireOurs(Path folder) throws Refused {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        try {
            var owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (owner != ThisProcess.user()) {
                throw new Refused(
                        FailureKind.KEY_FILE_EXPOSED,
                        folder + " belongs to another user. Make one of your own.");
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be read.");
        }
    }

    private static FileChannel lock(Path folder, Privacy privacy) throws Refused {
        try {
            var file =
                    FileChannel.open(
                            folder.resolve("lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            privacy.file());
            try {
                if (file.tryLock() != null) {
                    return file;
                }
            } catch (OverlappingFileLockException e) {
                // held by this very process
            }
            file.close();
            throw new Refused(FailureKind.AGENT_IN_USE, "The folder is " + folder + ".");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be locked.");
        }
    }

    /// Whether this machine is a device of an owner.
    public boolean isJoined() {
        return Files.exists(folder.resolve(MEMORY), LinkOption.NOFOLLOW_LINKS);
    }

    public DeviceSigner signer() throws Refused {
        return DeviceFile.in(folder, key).load();
    }

    /// The device's half of what opens a slot; the caller closes it.
    public Secret share() throws Refused {
        return Shares.in(folder, random, key).load(DEVICE);
    }

    /// Whether the secrets here are under a passphrase.
    boolean hasPassphrase() {
        return verdict == Verdict.SOFTWARE_PASSPHRASE;
    }

    /// Whether it has to be typed first.
    public boolean isLocked() {
        return key == null && hasPassphrase();
    }

    /// How well the device key is kept; null when nothing seals it.
    @Nullable Verdict verdict() {
        return verdict;
    }

    /// The same in one sentence for a person.
    String verdictSentence() {
        var known = verdict;
        return known == null ? UNSEALED : known.sentence();
    }

    /// Puts the secrets here under a passphrase, which they were not before.
    synchronized void seal(Secret passphrase) throws Refused {
        key = FolderKey.create(folder, passphrase, random);
        verdict = Verdict.SOFTWARE_PASSPHRASE;
        sealAll();
    }

    /// Opens the secrets for as long as this process runs, or until [#lock]; refused (`KEY_SEALED`)
    /// when the passphrase is another one.
    synchronized void unlock(Secret passphrase) throws Refused {
        if (isLocked()) {
            key = FolderKey.open(folder, passphrase, random);
            sealAll();
        }
    }

    /// What is still as it was before there was a passphrase.
    private void sealAll() throws Refused {
        DeviceFile.in(folder, key).seal();
        Shares.in(folder, random, key).seal(DEVICE);
        if (hasNext()) {
            next().seal();
        }
    }

    /// From now on the passphrase has to be typed again, if there is one.
    synchronized void lock() {
        var opened = key;
        key = null;
        if (opened != null) {
            opened.close();
        }
    }

    /// Refused with `NOT_JOINED` when there is none.
    public Memory memory() throws Refused {
        if (!isJoined()) {
            throw new Refused(FailureKind.NOT_JOINED);
        }
        return Memory.load(folder.resolve(MEMORY));
    }

    /// Whether there never was a login in this folder: one that ended is kept as such.
    boolean isNew() {
        return Files.notExists(folder.resolve(SESSION), LinkOption.NOFOLLOW_LINKS);
    }

    /// Sealed where that takes no passphrase: a logout has to be kept while the key is locked.
    SessionFile session() throws Refused {
        var file = folder.resolve(SESSION);
        if (verdict != Verdict.SOFTWARE_LOGIN_BOUND) {
            return SessionFile.at(file);
        }
        var opened = key;
        if (opened == null) {
            throw new Refused(FailureKind.KEY_SEALED);
        }
        return SessionFile.at(file, new SealedSession(opened));
    }

    private record SealedSession(FolderKey key) implements SessionFile.Seal {
        @Override
        public Secret seal(Secret plain) throws Refused {
            return key.seal(SESSION, plain);
        }

        @Override
        public Secret open(Secret sealed) throws Refused {
            return key.open(SESSION, sealed);
        }
    }

    /// Whether the person wants no certificates in the system's store.
    public boolean isUnsynced() {
        return Files.exists(folder.resolve(UNSYNCED), LinkOption.NOFOLLOW_LINKS);
    }

    /// Keeps what the person wants.
    public void keepUnsynced(boolean unsynced) throws Refused {
        var file = folder.resolve(UNSYNCED);
        try {
            if (!unsynced) {
                Files.deleteIfExists(file);
            } else if (!isUnsynced()) {
                Files.createFile(file, privacy.file());
            }
            privacy.force(folder);
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " cannot be written.");
        }
    }

    /// Refused when others may enter the folder now.
    public void requirePrivate() throws Refused {
        Shares.in(folder, random);
        requireOurs(folder);
    }

    /// The device that this machine is about to become; made when it is not there.
    NextDevice next() throws Refused {
        if (isLocked()) {
            throw new Refused(FailureKind.KEY_SEALED);
        }
        return NextDevice.open(folder.resolve(NEXT), random, privacy, key);
    }

    boolean hasNext() {
        return Files.exists(folder.resolve(NEXT), LinkOption.NOFOLLOW_LINKS);
    }

    /// Puts the next device in the place of the one before, if its memory is there.
    void adopt() throws Refused {
        var next = folder.resolve(NEXT);
        if (!Files.exists(next.resolve(MEMORY), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve(SESSION));
            // The memory comes last: until then, all of this is done again.
            for (var name : List.of(DEVICE + ".p8", DEVICE + ".share", MEMORY)) {
                if (Files.exists(next.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(
                            next.resolve(name),
                            folder.resolve(name),
                            StandardCopyOption.ATOMIC_MOVE);
                    privacy.force(folder);
                }
            }
            NextDevice.delete(next);
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be changed.");
        }
    }

    @Override
    public void close() {
        lock();
        try {
            lock.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }
}
