package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.aead.AesGcm;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/// The key under which the secrets of a folder are sealed, itself sealed in the folder's file
/// `folder.key`: under a passphrase, and then a copy of the folder is worth what a guess of that
/// costs; for the login of the system's user, or by a TPM, and then it is worth nothing elsewhere.
///
/// The file is `"CUSTODIAN-FOLDER-KEY" | version 1 | derivation 1`, and behind that for derivation
/// 1, PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), `rounds u32 | salt 16 | nonce 12 | sealed key 48`;
/// for derivation 2 what a [LoginSeal] made of the key, to the end; for derivation 3 what a
/// [TpmStore] made of it. A sealed secret is `"CUSTODIAN-SEALED" | version 1 | nonce 12 | sealed
/// octets`. Sealed is AES-256-GCM with a tag of 16 octets; what stands before it is its associated
/// data, with the secret's name behind that.
public final class FolderKey implements AutoCloseable {
    /// Name of the file.
    public static final String FILE = "folder.key";

    /// Rounds of a new passphrase: a guess costs some tenths of a second of one core.
    static final int ROUNDS = 600_000;

    /// Octets that sealing adds.
    static final int OVERHEAD = 45;

    private static final int MOST_ROUNDS = 10_000_000;
    private static final byte[] HEAD = ascii("CUSTODIAN-FOLDER-KEY\1\1");
    private static final byte[] LOGIN_HEAD = ascii("CUSTODIAN-FOLDER-KEY\1\2");
    private static final byte[] TPM_HEAD = ascii("CUSTODIAN-FOLDER-KEY\1\3");
    private static final String PURPOSE = "folder-key";
    private static final int LARGEST = 4096;
    private static final byte[] SEALED = ascii("CUSTODIAN-SEALED\1");
    private static final int SALT = 16;
    private static final int FILE_SIZE = HEAD.length + 4 + SALT + AesGcm.KEY + AesGcm.OVERHEAD;

    private final Path folder;
    private final Secret key;
    private final Verdict verdict;
    private final SecureRandom random;
    private @Nullable FolderDraft draft;
    private boolean closed;

    private FolderKey(
            Path folder,
            Secret key,
            Verdict verdict,
            @Nullable FolderDraft draft,
            SecureRandom random) {
        this.folder = folder;
        this.key = key;
        this.verdict = verdict;
        this.draft = draft;
        this.random = random;
        key.rest();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// How the secrets of a folder are kept, as its file says; null when nothing seals them.
    public static @Nullable Verdict of(Path folder) throws Refused {
        try {
            return verdictOf(folder);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    private static @Nullable Verdict verdictOf(Path folder) throws DeviceException {
        if (!Files.exists(folder.resolve(FILE), LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try (var file = read(folder, LARGEST)) {
            if (startsWith(file.expose(), TPM_HEAD)) {
                return Verdict.HARDWARE_CLAIMED;
            }
            return startsWith(file.expose(), LOGIN_HEAD)
                    ? Verdict.SOFTWARE_LOGIN_BOUND
                    : Verdict.SOFTWARE_PASSPHRASE;
        }
    }

    private static Secret read(Path folder, int maxSize) throws DeviceException {
        return PrivateFolder.open(folder).read(FILE, maxSize);
    }

    private interface Making {
        FolderKey make() throws DeviceException;
    }

    private static FolderKey refusing(Making making) throws Refused {
        try {
            return making.make();
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    private FolderKey placed() throws DeviceException {
        try {
            place();
            return this;
        } catch (DeviceException e) {
            close();
            throw e;
        }
    }

    /// Makes a new one for the login of this user; refused when there is one.
    public static FolderKey create(Path folder, LoginSeal login, SecureRandom random)
            throws Refused {
        return refusing(() -> draft(folder, login, random).placed());
    }

    /// What the system's login seals of the folder's key, for [LoginSeal#forget] once it is no
    /// folder's any more; nothing when something else seals it, or there is none.
    public static Bytes sealedForLogin(Path folder) {
        if (!Files.exists(folder.resolve(FILE), LinkOption.NOFOLLOW_LINKS)) {
            return Bytes.EMPTY;
        }
        try (var file = read(folder, LARGEST)) {
            var octets = file.expose();
            return octets.length <= LARGEST && startsWith(octets, LOGIN_HEAD)
                    ? Bytes.of(Arrays.copyOfRange(octets, LOGIN_HEAD.length, octets.length))
                    : Bytes.EMPTY;
        } catch (DeviceException e) {
            return Bytes.EMPTY;
        }
    }

    /// Opens the one of the folder; where there is none, a new one that has no file before
    /// [#place()].
    static FolderKey openOrDraft(Path folder, LoginSeal login, SecureRandom random)
            throws DeviceException {
        return verdictOf(folder) == null
                ? draft(folder, login, random)
                : open(folder, login, random);
    }

    private static FolderKey draft(Path folder, LoginSeal login, SecureRandom random) {
        var draft = new FolderDraft.Login(LOGIN_HEAD, PURPOSE, login);
        return new FolderKey(folder, make(random), Verdict.SOFTWARE_LOGIN_BOUND, draft, random);
    }

    /// Opens it.
    ///
    /// @throws DeviceException `KEY_DAMAGED` when it was sealed for another login, or changed; of a
    ///   keyring see [SoftwareStore#open(Path, LoginSeal)]
    public static FolderKey open(Path folder, LoginSeal login, SecureRandom random)
            throws DeviceException {
        try (var file = read(folder, LARGEST)) {
            var octets = file.expose();
            if (octets.length > LARGEST || !startsWith(octets, LOGIN_HEAD)) {
                throw damaged(folder.resolve(FILE) + " is no such file of ours.");
            }
            var key =
                    login.open(
                            PURPOSE, Arrays.copyOfRange(octets, LOGIN_HEAD.length, octets.length));
            if (key.size() != AesGcm.KEY) {
                key.close();
                throw damaged(folder.resolve(FILE) + " holds no key.");
            }
            return new FolderKey(folder, key, Verdict.SOFTWARE_LOGIN_BOUND, null, random);
        } catch (IOException e) {
            throw LoginFailures.of(folder.resolve(FILE), e);
        }
    }

    /// Makes a new one that this TPM alone opens.
    ///
    /// @throws DeviceException `KEY_EXISTS` when there is one
    public static FolderKey create(Path folder, TpmStore tpm, SecureRandom random)
            throws DeviceException {
        var key = make(random);
        try {
            var sealed = tpm.seal(PURPOSE, key).toArray();
            var file =
                    ByteBuffer.allocate(TPM_HEAD.length + sealed.length)
                            .put(TPM_HEAD)
                            .put(sealed)
                            .array();
            try (var content = Secret.owning(file)) {
                PrivateFolder.open(folder).create(FILE, content);
            }
            return new FolderKey(folder, key, Verdict.HARDWARE_CLAIMED, null, random);
        } catch (DeviceException e) {
            key.close();
            throw e;
        }
    }

    /// Opens one that a TPM sealed.
    ///
    /// @throws DeviceException `KEY_FOREIGN` when it was another TPM, or this one before it was
    ///   cleared
    public static FolderKey open(Path folder, TpmStore tpm, SecureRandom random)
            throws DeviceException {
        try (var file = PrivateFolder.open(folder).read(FILE, LARGEST)) {
            var octets = file.expose();
            if (octets.length > LARGEST || !startsWith(octets, TPM_HEAD)) {
                throw damaged(folder.resolve(FILE) + " is no such file of ours.");
            }
            var key =
                    tpm.unseal(
                            PURPOSE,
                            Bytes.of(Arrays.copyOfRange(octets, TPM_HEAD.length, octets.length)));
            if (key.size() != AesGcm.KEY) {
                key.close();
                throw damaged(folder.resolve(FILE) + " is no such file of ours.");
            }
            return new FolderKey(folder, key, Verdict.HARDWARE_CLAIMED, null, random);
        }
    }

    private static Secret make(SecureRandom random) {
        var octets = new byte[AesGcm.KEY];
        random.nextBytes(octets);
        return Secret.owning(octets);
    }

    /// How well it keeps what it seals.
    public Verdict verdict() {
        return verdict;
    }

    /// Writes the file, if it has none yet: before anything is kept that it sealed.
    ///
    /// @throws DeviceException `KEY_EXISTS` when another program made one meanwhile
    synchronized void place() throws DeviceException {
        var how = draft;
        if (how == null) {
            return;
        }
        requireItOpen();
        try {
            var file = how.file(key);
            try (var content = Secret.copyOf(file, 0, file.length)) {
                PrivateFolder.open(folder).create(FILE, content);
            } catch (DeviceException e) {
                how.drop(file);
                throw e;
            }
            draft = null;
        } finally {
            key.rest();
        }
    }

    /// Whether what opens it would keep it; leaves nothing.
    synchronized void tryOut() throws DeviceException {
        var how = draft;
        if (how != null) {
            requireItOpen();
            try {
                how.tryOut(key);
            } finally {
                key.rest();
            }
        }
    }

    private void requireItOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    /// Makes a new one; refused when there is one.
    ///
    /// @param passphrase in UTF-8
    public static FolderKey create(Path folder, Secret passphrase, SecureRandom random)
            throws Refused {
        return create(folder, passphrase, random, ROUNDS);
    }

    static FolderKey create(Path folder, Secret passphrase, SecureRandom random, int rounds)
            throws Refused {
        return refusing(() -> draft(folder, passphrase, random, rounds).placed());
    }

    /// Opens it; refused (`KEY_SEALED`) when the passphrase is another one.
    public static FolderKey open(Path folder, Secret passphrase, SecureRandom random)
            throws Refused {
        return refusing(() -> opened(folder, passphrase, random));
    }

    /// Opens the one of the folder; where there is none, a new one that has no file before
    /// [#place()].
    ///
    /// @throws DeviceException `PASSPHRASE_WRONG`
    static FolderKey openOrDraft(Path folder, Secret passphrase, SecureRandom random)
            throws DeviceException {
        return verdictOf(folder) == null
                ? draft(folder, passphrase, random, ROUNDS)
                : opened(folder, passphrase, random);
    }

    private static FolderKey draft(
            Path folder, Secret passphrase, SecureRandom random, int rounds) {
        if (passphrase.size() == 0) {
            throw new IllegalArgumentException("an empty passphrase");
        }
        var key = make(random);
        var salt = new byte[SALT];
        random.nextBytes(salt);
        var head =
                ByteBuffer.allocate(FILE_SIZE - AesGcm.OVERHEAD - AesGcm.KEY)
                        .put(HEAD)
                        .putInt(rounds)
                        .put(salt)
                        .array();
        try (var under = derive(passphrase, salt, rounds)) {
            var file = AesGcm.seal(head, new byte[0], under, key, random);
            return new FolderKey(
                    folder,
                    key,
                    Verdict.SOFTWARE_PASSPHRASE,
                    new FolderDraft.Passphrase(file),
                    random);
        }
    }

    private static FolderKey opened(Path folder, Secret passphrase, SecureRandom random)
            throws DeviceException {
        try (var file = read(folder, FILE_SIZE)) {
            var octets = file.expose();
            if (octets.length != FILE_SIZE || !startsWith(octets, HEAD)) {
                throw damaged(folder.resolve(FILE) + " is no such file of ours.");
            }
            int rounds = ByteBuffer.wrap(octets).getInt(HEAD.length);
            if (rounds < 1 || rounds > MOST_ROUNDS) {
                throw damaged(folder.resolve(FILE) + " names an impossible number of rounds.");
            }
            int at = HEAD.length + 4;
            try (var under =
                    derive(passphrase, Arrays.copyOfRange(octets, at, at + SALT), rounds)) {
                return new FolderKey(
                        folder,
                        AesGcm.open(octets, at + SALT, new byte[0], under),
                        Verdict.SOFTWARE_PASSPHRASE,
                        null,
                        random);
            } catch (GeneralSecurityException e) {
                throw new DeviceException(
                        DeviceFailure.PASSPHRASE_WRONG,
                        0,
                        "The passphrase is not the right one, or "
                                + folder.resolve(FILE)
                                + " is damaged.",
                        e);
            }
        }
    }

    private static DeviceException damaged(String detail) {
        return new DeviceException(DeviceFailure.KEY_DAMAGED, detail);
    }

    private static Secret derive(Secret passphrase, byte[] salt, int rounds) {
        var chars = CharBuffer.allocate(passphrase.size());
        PBEKeySpec spec = null;
        try {
            var read =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(passphrase.expose()), chars, true);
            if (read.isError()) {
                throw new IllegalArgumentException("a passphrase that is no UTF-8");
            }
            var typed = Arrays.copyOf(chars.array(), chars.position());
            spec = new PBEKeySpec(typed, salt, rounds, 8 * AesGcm.KEY);
            Arrays.fill(typed, '\0');
            return Secret.owning(
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(spec)
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has PBKDF2", e);
        } finally {
            Arrays.fill(chars.array(), '\0');
            if (spec != null) {
                spec.clearPassword();
            }
        }
    }

    /// Whether these octets look sealed.
    public static boolean isSealed(Secret octets) {
        return startsWith(octets.expose(), SEALED);
    }

    private static boolean startsWith(byte[] octets, byte[] prefix) {
        return octets.length >= prefix.length
                && Arrays.equals(octets, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// Seals a secret under its name; the caller closes what it gets.
    public synchronized Secret seal(String name, Secret content) throws Refused {
        requireOpen();
        try {
            return Secret.owning(AesGcm.seal(SEALED, ascii(name), key, content, random));
        } finally {
            key.rest();
        }
    }

    /// Opens what was sealed under this name; refused (`KEY_FILE_UNUSABLE`) when it was not, or was
    /// changed. The caller closes it.
    public synchronized Secret open(String name, Secret sealed) throws Refused {
        requireOpen();
        try {
            if (sealed.size() < OVERHEAD || !isSealed(sealed)) {
                throw new GeneralSecurityException("not sealed");
            }
            return AesGcm.open(sealed.expose(), SEALED.length, ascii(name), key);
        } catch (GeneralSecurityException e) {
            throw unusable(folder.resolve(name) + " was changed, or was sealed under another key.");
        } finally {
            key.rest();
        }
    }

    private void requireOpen() throws Refused {
        if (closed) {
            throw new Refused(FailureKind.KEY_SEALED);
        }
    }

    private static Refused unusable(String detail) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, detail);
    }

    /// From now on it seals and opens nothing.
    @Override
    public synchronized void close() {
        closed = true;
        key.close();
    }

    @Override
    public String toString() {
        return "FolderKey";
    }
}
