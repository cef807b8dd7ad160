package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.HardwareEvidence;
import dev.custodian.client.Memory;
import dev.custodian.client.SessionFile;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.FolderKey;
import dev.custodian.device.KeyUri;
import dev.custodian.device.Privacy;
import dev.custodian.device.Shares;
import dev.custodian.device.StoreKind;
import dev.custodian.device.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a device keeps from one run to the next: its key, its share, its login and what it
/// remembers of the server. A private folder of this user's, used by one agent at a time.
///
/// A device key in the TPM comes with a seal of the TPM over all secrets. Elsewhere they are sealed
/// for the user's login where the system can, else under a passphrase, if the person chooses one.
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
    private static final String NEXT = "next";

    /// A file that is there while no certificates are to be shown to programs.
    private static final String UNSYNCED = "unsynced";

    private final Path folder;
    private final Privacy privacy;
    private final SecureRandom random;
    private final FolderLock lock;
    private final Stores stores;
    private volatile FolderSeal seal;
    private volatile KeyNote note = KeyNote.NONE;
    private volatile String trouble = "";

    /// The seal of the next device; null when it has none of its own, or nobody looked yet.
    private volatile @Nullable FolderSeal nextSeal;

    private AgentFolder(
            Path folder,
            Privacy privacy,
            SecureRandom random,
            FolderLock lock,
            Stores stores,
            FolderSeal seal) {
        this.folder = folder;
        this.privacy = privacy;
        this.random = random;
        this.lock = lock;
        this.stores = stores;
        this.seal = seal;
    }

    /// The same, on a system that cannot seal for its user's login, with software alone.
    public static AgentFolder open(Path folder, SecureRandom random) throws Refused {
        return open(folder, new Login.None(), StoreOption.SOFTWARE, random);
    }

    /// Opens the folder for this process alone, or refuses with `AGENT_IN_USE`. No TPM and no card
    /// need be there yet.
    ///
    /// @param login what seals for the user's login
    public static AgentFolder open(
            Path folder, Login login, StoreOption option, SecureRandom random) throws Refused {
        // Refuses a folder that others may enter.
        Shares.in(folder, random);
        FolderLock.requireOurs(folder);
        var privacy = Privacy.of(folder);
        var lock = FolderLock.take(folder, privacy);
        AgentFolder opened = null;
        try {
            var stores = new Stores(folder, option, login, random);
            opened =
                    new AgentFolder(
                            folder,
                            privacy,
                            random,
                            lock,
                            stores,
                            FolderSeal.of(folder, stores, random));
            opened.adopt();
            opened.begin();
            return opened;
        } catch (Refused | RuntimeException e) {
            if (opened == null) {
                lock.close();
            } else {
                opened.close();
            }
            throw e;
        }
    }

    private void begin() throws Refused {
        note = KeyNote.in(folder);
        if (seal.open()) {
            sealAll();
        }
    }

    /// Whether this machine is a device of an owner.
    public boolean isJoined() {
        return Files.exists(folder.resolve(MEMORY), LinkOption.NOFOLLOW_LINKS);
    }

    Stores stores() {
        return stores;
    }

    /// Why the device key could not be opened when it was last needed, with what to do; empty when
    /// it could.
    String trouble() {
        return trouble;
    }

    /// Where the device key is.
    KeyNote note() {
        return note;
    }

    public DeviceSigner signer() throws Refused {
        var where = note;
        if (!where.isElsewhere()) {
            var signer = DeviceFile.in(folder, key()).load();
            trouble = "";
            return signer;
        }
        try {
            var signer = stores.signer(where);
            trouble = "";
            return signer;
        } catch (Refused e) {
            trouble = e.detail();
            throw e;
        }
    }

    /// What opens the secrets.
    private @Nullable FolderKey key() throws Refused {
        try {
            return seal.key();
        } catch (Refused e) {
            trouble = e.detail();
            throw e;
        }
    }

    /// Keeps that the person was told what a proof of the device key shows the server.
    synchronized void keepTold() throws Refused {
        var told = note.withTold();
        new PrivateFiles(folder, privacy).write(KeyNote.FILE, told.encode().toArray());
        note = told;
    }

    /// What the device key has to show of what the server wants as proof; empty when it has
    /// nothing.
    Optional<HardwareEvidence> evidence(Set<ProofKind> wanted) throws Refused {
        var where = note;
        return where.isElsewhere()
                ? Evidence.of(stores.key(where.uri()), where, wanted)
                : Optional.empty();
    }

    /// Opens key and share anew: refused with what is wrong now.
    void examine() throws Refused {
        var where = note;
        if (where.isElsewhere()) {
            try {
                stores.open(where.uri()).close();
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        } else {
            signer();
        }
        share().close();
    }

    /// Why the device key can never be used here again, as its store says: it is another TPM, or
    /// one that was cleared, or the keyring lost what opens the folder. Empty when it can, or when
    /// nobody knows.
    String lost() {
        var where = note;
        if (!where.isElsewhere()) {
            return seal.lost();
        }
        try {
            stores.open(where.uri()).close();
            return "";
        } catch (DeviceException e) {
            return e.failure() == DeviceFailure.KEY_FOREIGN ? e.sentences() : "";
        } catch (Refused e) {
            return "";
        }
    }

    /// Opens what the keyring of the login opens, which asks its person if it is locked.
    void askKeyring() throws Refused {
        seal.ask();
    }

    /// The device's half of what opens a slot; the caller closes it.
    public Secret share() throws Refused {
        return Shares.in(folder, random, key()).load(DEVICE);
    }

    /// Whether the secrets here are under a passphrase.
    boolean hasPassphrase() {
        return seal.hasPassphrase();
    }

    /// Whether something has to be typed before the device can be used.
    boolean hasLock() {
        return hasPassphrase() || note.pin();
    }

    /// Whether the passphrase has to be typed first.
    boolean isSealed() {
        return seal.isLocked();
    }

    /// Whether the passphrase or the card's PIN has to be typed first.
    public boolean isLocked() {
        return isSealed() || needsPin();
    }

    private boolean needsPin() {
        try {
            return note.pin() && !stores.isUnlocked(note.uri());
        } catch (Refused e) {
            return true;
        }
    }

    /// How the secrets here are sealed; null when nothing seals them.
    @Nullable Verdict verdict() {
        return seal.verdict();
    }

    /// How well the device key is kept, in one sentence for a person.
    String verdictSentence() {
        if (note.isElsewhere()) {
            return note.store() + ". " + note.sentence();
        }
        var known = seal.verdict();
        return known == null ? UNSEALED : known.sentence();
    }

    /// How a key in a file would be kept, in one sentence for a person.
    String softwareSentence() {
        var known = seal.verdict();
        return known == null || known.isHardware() ? UNSEALED : known.sentence();
    }

    /// Whether this key is that of the device that this is, or is about to become.
    boolean isOfDevice(KeyUri uri) throws Refused {
        return note.isOf(uri) || hasNext() && next().note().isOf(uri);
    }

    /// Puts the secrets here under a passphrase, which they were not before.
    synchronized void seal(Secret passphrase) throws Refused {
        seal.create(passphrase);
        sealAll();
    }

    /// Opens the secrets for as long as this process runs, or until [#lock]; refused (`KEY_SEALED`)
    /// when the passphrase is another one.
    synchronized void unlock(Secret passphrase) throws Refused {
        if (isSealed()) {
            seal.unlock(passphrase);
            sealAll();
        }
    }

    /// What is still as it was before there was a passphrase.
    private void sealAll() throws Refused {
        var key = seal.key();
        DeviceFile.in(folder, key).seal();
        Shares.in(folder, random, key).seal(DEVICE);
        if (hasNext()) {
            next().seal();
        }
    }

    /// From now on passphrase and PIN have to be typed again, if there are any.
    synchronized void lock() {
        seal.lock();
        stores.lock();
    }

    /// Refused with `NOT_JOINED` when there is none.
    public Memory memory() throws Refused {
        if (!isJoined()) {
            throw new Refused(FailureKind.NOT_JOINED);
        }
        return Memory.load(folder.resolve(MEMORY));
    }

    /// The login of this device.
    private LoginFile login() {
        return new LoginFile(folder.resolve(LoginFile.NAME), seal);
    }

    /// Whether there never was a login in this folder: one that ended is kept as such.
    boolean isNew() {
        return login().isNew();
    }

    /// Whether the login ended, as far as that is known without waiting for TPM or keyring.
    boolean isLoginEnded() throws Refused {
        return login().isEnded();
    }

    /// Ends the login here, also when nothing opens what seals it.
    void endLogin() throws Refused {
        login().end();
    }

    /// Sealed where that takes no passphrase.
    SessionFile session() throws Refused {
        return login().open(key());
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
        FolderLock.requireOurs(folder);
    }

    /// The device that this machine is about to become; made when it is not there.
    NextDevice next() throws Refused {
        if (isSealed()) {
            throw new Refused(FailureKind.KEY_SEALED);
        }
        var next = folder.resolve(NEXT);
        return NextDevice.open(next, random, privacy, new NextDevice.Keys(stores, nextSeal(next)));
    }

    /// Its own where it has one, by TPM or keyring, else that of this folder, as far as it is no
    /// TPM's: another device is not to depend on what this one stands on.
    private synchronized FolderSeal nextSeal(Path next) throws Refused {
        var known = nextSeal;
        if (known == null || !known.isIn(next)) {
            known = FolderSeal.of(next, stores, random);
            nextSeal = known;
        }
        return known.verdict() == null && !seal.isOfTpm() ? seal : known;
    }

    /// Begins another next device: no key and no secret of one before, or of whoever put one there,
    /// is of it.
    synchronized NextDevice begin(Stores.Taken taken) throws Refused {
        requireFit(taken);
        var path = folder.resolve(NEXT);
        var item = FolderSeal.item(path);
        next().delete();
        FolderSeal.forget(item, stores);
        nextSeal = null;
        if (taken.kind() == StoreKind.TPM || taken.login()) {
            Shares.in(path, random);
            var own = FolderSeal.of(path, stores, random);
            if (taken.kind() == StoreKind.TPM) {
                own.createByTpm();
            } else {
                own.createByKeyring();
            }
            nextSeal = own;
        }
        var next = next();
        next.make(taken);
        return next;
    }

    /// Whether the secrets here stay under what seals them when another device is begun: only what
    /// the keyring or the TPM of this one opens is not for another one.
    boolean keepsSeal() {
        return hasPassphrase() || stores.login() instanceof Login.Always;
    }

    /// Whether what the next device is to have goes with what this folder has.
    private void requireFit(Stores.Taken taken) throws Refused {
        if (seal.isOfTpm() && taken.kind() != StoreKind.TPM && !taken.login()) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    "The secrets of this folder are sealed by a TPM, and the next device would have"
                            + " none. Move the folder "
                            + folder
                            + " away, start the agent anew, then join or recover"
                            + (isJoined() ? ": custodian recover " + memory().now().address() : "")
                            + ".");
        }
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
            var before = KeyNote.in(folder);
            Files.deleteIfExists(folder.resolve(LoginFile.NAME));
            var item = FolderSeal.item(folder);
            // The memory comes last: until then, all of this is done again.
            var resealed = move(next, FolderKey.FILE);
            for (var name : List.of(DEVICE + ".p8", DEVICE + ".share", KeyNote.FILE)) {
                var _ = move(next, name);
            }
            var now = KeyNote.in(folder);
            if (now.isElsewhere()) {
                Files.deleteIfExists(folder.resolve(DEVICE + ".p8"));
            }
            var _ = move(next, MEMORY);
            NextDevice.delete(next);
            if (!before.key().equals(now.key())) {
                stores.forget(before);
            }
            note = now;
            trouble = "";
            nextSeal = null;
            if (resealed) {
                seal.lock();
                seal = FolderSeal.of(folder, stores, random);
                FolderSeal.forget(item, stores);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be changed.");
        }
    }

    /// Whether it was still there.
    private boolean move(Path next, String name) throws IOException {
        if (!Files.exists(next.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Files.move(next.resolve(name), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        privacy.force(folder);
        return true;
    }

    @Override
    public void close() {
        lock();
        stores.close();
        lock.close();
    }
}
