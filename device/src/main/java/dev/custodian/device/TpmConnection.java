package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Answer;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.attest.Claim;
import dev.custodian.device.tpm.EndorsementKey;
import dev.custodian.device.tpm.Meaning;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmException;
import dev.custodian.device.tpm.TpmKey;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import dev.custodian.device.tpm.TpmTransport;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A TPM with its storage key and the key that was used last, which are all the places that a TPM
/// without a resource manager has room for. Made anew when it broke. For one thread.
final class TpmConnection {
    /// `TPM_RC_REFERENCE_H0` to `_S6`: what a handle stood for is gone (Part 2 §6.6.3).
    private static final int FIRST_REFERENCE = 0x910;

    private static final int LAST_REFERENCE = 0x91e;

    /// Reaches the TPM.
    interface Opening {
        TpmTransport open() throws IOException;
    }

    private final Opening opening;
    private final SecureRandom random;
    private @Nullable Tpm tpm;
    private @Nullable TpmStorage storage;
    private @Nullable TpmKey loaded;
    private @Nullable TpmKeyFile loadedFile;

    TpmConnection(Opening opening, SecureRandom random) {
        this.opening = opening;
        this.random = random;
    }

    /// Something to do with a TPM.
    interface Work<T> {
        T run() throws IOException, DeviceException;
    }

    /// Does it, once more when the connection turns out to be broken.
    <T> T run(Work<T> work) throws DeviceException {
        try {
            return work.run();
        } catch (IOException e) {
            if (!isStale(e)) {
                throw TpmFailures.of(e);
            }
            close();
            return once(work);
        }
    }

    /// Does it once: a wrong PIN must not be counted twice.
    <T> T once(Work<T> work) throws DeviceException {
        try {
            return work.run();
        } catch (IOException e) {
            if (isStale(e)) {
                close();
            }
            throw TpmFailures.of(e);
        }
    }

    private static boolean isStale(IOException e) {
        return !(e instanceof TpmException answer)
                || answer.meaning() == Meaning.HANDLE
                || answer.code() >= FIRST_REFERENCE && answer.code() <= LAST_REFERENCE;
    }

    Tpm tpm() throws IOException {
        var known = tpm;
        if (known == null) {
            known = new Tpm(opening.open());
            tpm = known;
        }
        return known;
    }

    /// The storage key for new keys.
    TpmStorage storage() throws IOException, DeviceException {
        unload();
        var known = storage;
        if (known != null && !known.isCommon()) {
            storage = null;
            known.close();
            known = null;
        }
        if (known == null) {
            known = owned(() -> TpmStorage.preferred(tpm(), random));
            storage = known;
        }
        return known;
    }

    /// The storage key of a file, if it is still the one that the file was made under.
    TpmStorage storage(PinnedFile pinned) throws IOException, DeviceException {
        var known = storage;
        if (known != null
                && (!known.name().equals(pinned.parent())
                        || known.handle() != pinned.file().parent())) {
            unload();
            storage = null;
            known.close();
            known = null;
        }
        if (known == null) {
            known = owned(() -> TpmStorage.of(pinned.file(), tpm(), random, pinned.parent()));
            storage = known;
        }
        return known;
    }

    /// The storage key for a new key with a PIN: one that was pinned before, as far as any was.
    /// Whoever sits between us and the TPM would name one of his own else, and get the PIN.
    ///
    /// @param pinned files of the folder that the key is for
    private TpmStorage storageOf(List<PinnedFile> pinned) throws IOException, DeviceException {
        var seen = new HashSet<Bytes>();
        for (var file : pinned) {
            if (!TpmStorage.isCommon(file.file().parent()) || !seen.add(file.parent())) {
                continue;
            }
            try {
                return storage(file);
            } catch (TpmException e) {
                if (e.meaning() != Meaning.ANOTHER_PARENT && e.meaning() != Meaning.HANDLE) {
                    throw e;
                }
            }
        }
        if (seen.isEmpty()) {
            return storage();
        }
        throw new DeviceException(
                DeviceFailure.KEY_FOREIGN,
                "The TPM's storage key is none that keys of this folder are under: the TPM was"
                        + " cleared, or another answers in its place. A new key gets a PIN when"
                        + " those keys are deleted, or in another folder.");
    }

    private interface Making<T> {
        T make() throws IOException;
    }

    /// The owner's password, if the TPM has one, is nothing that we could ask for.
    private static TpmStorage owned(Making<TpmStorage> making) throws IOException, DeviceException {
        return unguarded("owner", making);
    }

    /// Nor is that of a storage key: a PIN is a key's alone.
    private static <T> T below(Making<T> making) throws IOException, DeviceException {
        return unguarded("storage key", making);
    }

    private static <T> T unguarded(String whose, Making<T> making)
            throws IOException, DeviceException {
        try {
            return making.make();
        } catch (TpmException e) {
            if (e.isWrongPin()) {
                throw new DeviceException(
                        DeviceFailure.STORE_DENIED,
                        Integer.toUnsignedLong(e.code()),
                        "The TPM's "
                                + whose
                                + " has a password. Have an administrator leave a storage key"
                                + " without one at 0x81000001.",
                        e);
            }
            throw e;
        }
    }

    TpmKey load(PinnedFile pinned) throws IOException, DeviceException {
        var under = storage(pinned);
        var known = loaded;
        if (known == null || !pinned.file().equals(loadedFile)) {
            unload();
            known = below(() -> under.load(pinned.file()));
            loaded = known;
            loadedFile = pinned.file();
        }
        return known;
    }

    /// Loads a key that the TPM may have forgotten, since a connection outlasts a TPM's power: to
    /// be called before a PIN is sent.
    TpmKey ready(PinnedFile pinned) throws IOException, DeviceException {
        var known = load(pinned);
        if (known.isLoaded()) {
            return known;
        }
        close();
        return load(pinned);
    }

    /// Makes a key and looks how it salts.
    ///
    /// @param pinned files of the folder that it is for
    PinnedFile create(KeyAlgorithm algorithm, @Nullable Secret pin, List<PinnedFile> pinned)
            throws IOException, DeviceException {
        unload();
        var under = pin == null ? storage() : storageOf(pinned);
        var made = new PinnedFile(under.name(), false, below(() -> under.create(algorithm, pin)));
        if (algorithm.family() != KeyAlgorithm.Family.RSA) {
            return made;
        }
        boolean pss =
                load(made).saltLength(HashAlgorithm.SHA256, pin) == HashAlgorithm.SHA256.length();
        return new PinnedFile(made.parent(), pss, made.file());
    }

    PinnedFile seal(Secret content) throws IOException, DeviceException {
        var under = storage();
        return new PinnedFile(under.name(), false, below(() -> under.seal(content, null)));
    }

    Secret unseal(PinnedFile sealed) throws IOException, DeviceException {
        unload();
        var under = storage(sealed);
        return below(() -> under.unseal(sealed.file(), null));
    }

    PinnedFile changePin(PinnedFile pinned, Secret pin, Secret newPin)
            throws IOException, DeviceException {
        unload();
        var changed = storage(pinned).changePin(pinned.file(), pin, newPin);
        return new PinnedFile(pinned.parent(), pinned.pss(), changed);
    }

    /// The first key that the TPM's maker vouches for.
    private EndorsementKey endorsement() throws IOException, DeviceException {
        // it is made to be looked at, and has no place beside others
        close();
        var all = EndorsementKey.of(tpm(), random);
        if (all.isEmpty()) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "This TPM has no certificate of its maker.");
        }
        return all.getFirst();
    }

    Claim claim(PinnedFile pinned) throws IOException, DeviceException {
        return endorsement().claim(pinned.file());
    }

    Answer answer(PinnedFile pinned, Challenge challenge, @Nullable Secret pin)
            throws IOException, DeviceException {
        var by = endorsement();
        return by.answer(storage(pinned), pinned.file(), challenge, pin);
    }

    /// The Name above a file that nobody pinned yet.
    Bytes parentOf(TpmKeyFile file) throws IOException, DeviceException {
        close();
        var under = owned(() -> TpmStorage.of(file, tpm(), random));
        storage = under;
        below(() -> under.load(file)).close();
        return under.name();
    }

    private void unload() throws IOException {
        var known = loaded;
        loaded = null;
        loadedFile = null;
        if (known != null) {
            known.close();
        }
    }

    /// Leaves nothing in the TPM, as far as it is still there.
    void close() {
        var key = loaded;
        var above = storage;
        var below = tpm;
        loaded = null;
        loadedFile = null;
        storage = null;
        tpm = null;
        closeQuietly(key);
        closeQuietly(above);
        closeQuietly(below);
    }

    private static void closeQuietly(@Nullable AutoCloseable one) {
        if (one == null) {
            return;
        }
        try {
            one.close();
        } catch (Exception e) {
            // the TPM forgets it when the connection ends, or is gone
        }
    }
}
