package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
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
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
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
    private static final int KEY = 32;
    private static final int SALT = 16;
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int FILE_SIZE = HEAD.length + 4 + SALT + NONCE + KEY + TAG;

    private final Path folder;
    private final Secret key;
    private final Verdict verdict;
    private final SecureRandom random;
    private boolean closed;

    private FolderKey(Path folder, Secret key, Verdict verdict, SecureRandom random) {
        this.folder = folder;
        this.key = key;
        this.verdict = verdict;
        this.random = random;
        key.rest();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// How the secrets of a folder are kept, as its file says; null when nothing seals them.
    public static @Nullable Verdict of(Path folder) throws Refused {
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

    private static Secret read(Path folder, int maxSize) throws Refused {
        try {
            return PrivateFolder.open(folder).read(FILE, maxSize);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    private static void place(Path folder, Secret content) throws Refused {
        try {
            PrivateFolder.open(folder).create(FILE, content);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    /// Makes a new one for the login of this user; refused when there is one.
    public static FolderKey create(Path folder, LoginSeal login, SecureRandom random)
            throws Refused {
        var key = make(random);
        try {
            var sealed = login.seal(PURPOSE, key);
            var file =
                    ByteBuffer.allocate(LOGIN_HEAD.length + sealed.length)
                            .put(LOGIN_HEAD)
                            .put(sealed)
                            .array();
            try (var content = Secret.owning(file)) {
                place(folder, content);
            }
            return new FolderKey(folder, key, Verdict.SOFTWARE_LOGIN_BOUND, random);
        } catch (IOException e) {
            key.close();
            throw unusable("The device key cannot be sealed for your login: " + e.getMessage());
        } catch (Refused e) {
            key.close();
            throw e;
        }
    }

    /// Opens it; refused (`KEY_FILE_UNUSABLE`) when it was sealed for another login, or changed.
    public static FolderKey open(Path folder, LoginSeal login, SecureRandom random) throws Refused {
        try (var file = read(folder, LARGEST)) {
            var octets = file.expose();
            if (octets.length > LARGEST || !startsWith(octets, LOGIN_HEAD)) {
                throw unusable(folder.resolve(FILE) + " is no such file of ours.");
            }
            var key =
                    login.open(
                            PURPOSE, Arrays.copyOfRange(octets, LOGIN_HEAD.length, octets.length));
            if (key.size() != KEY) {
                key.close();
                throw unusable(folder.resolve(FILE) + " holds no key.");
            }
            return new FolderKey(folder, key, Verdict.SOFTWARE_LOGIN_BOUND, random);
        } catch (IOException e) {
            throw unusable(
                    folder.resolve(FILE)
                            + " was sealed for another user's login or on another machine, or is"
                            + " damaged ("
                            + e.getMessage()
                            + "). Move the folder away, then join or recover anew.");
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
            return new FolderKey(folder, key, Verdict.HARDWARE_CLAIMED, random);
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
                throw damaged(folder);
            }
            var key =
                    tpm.unseal(
                            PURPOSE,
                            Bytes.of(Arrays.copyOfRange(octets, TPM_HEAD.length, octets.length)));
            if (key.size() != KEY) {
                key.close();
                throw damaged(folder);
            }
            return new FolderKey(folder, key, Verdict.HARDWARE_CLAIMED, random);
        }
    }

    private static DeviceException damaged(Path folder) {
        return new DeviceException(
                DeviceFailure.KEY_DAMAGED, folder.resolve(FILE) + " is no such file of ours.");
    }

    private static Secret make(SecureRandom random) {
        var octets = new byte[KEY];
        random.nextBytes(octets);
        return Secret.owning(octets);
    }

    /// How well it keeps what it seals.
    public Verdict verdict() {
        return verdict;
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
        if (passphrase.size() == 0) {
            throw new IllegalArgumentException("an empty passphrase");
        }
        var key = make(random);
        var salt = new byte[SALT];
        random.nextBytes(salt);
        var file =
                ByteBuffer.allocate(FILE_SIZE - NONCE - KEY - TAG)
                        .put(HEAD)
                        .putInt(rounds)
                        .put(salt)
                        .array();
        try (var under = derive(passphrase, salt, rounds);
                var content = Secret.owning(seal(file, new byte[0], under, key, random))) {
            place(folder, content);
            return new FolderKey(folder, key, Verdict.SOFTWARE_PASSPHRASE, random);
        } catch (Refused e) {
            key.close();
            throw e;
        }
    }

    /// Opens it; refused (`KEY_SEALED`) when the passphrase is another one.
    public static FolderKey open(Path folder, Secret passphrase, SecureRandom random)
            throws Refused {
        try (var file = read(folder, FILE_SIZE)) {
            var octets = file.expose();
            if (octets.length != FILE_SIZE || !startsWith(octets, HEAD)) {
                throw unusable(folder.resolve(FILE) + " is no such file of ours.");
            }
            int rounds = ByteBuffer.wrap(octets).getInt(HEAD.length);
            if (rounds < 1 || rounds > MOST_ROUNDS) {
                throw unusable(folder.resolve(FILE) + " names an impossible number of rounds.");
            }
            int at = HEAD.length + 4;
            try (var under =
                    derive(passphrase, Arrays.copyOfRange(octets, at, at + SALT), rounds)) {
                return new FolderKey(
                        folder,
                        unseal(octets, at + SALT, new byte[0], under),
                        Verdict.SOFTWARE_PASSPHRASE,
                        random);
            } catch (GeneralSecurityException e) {
                throw new Refused(
                        FailureKind.KEY_SEALED,
                        "The passphrase is not the right one, or "
                                + folder.resolve(FILE)
                                + " is damaged.");
            }
        }
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
            spec = new PBEKeySpec(typed, salt, rounds, 8 * KEY);
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

    /// `head | nonce | sealed content`.
    static byte[] seal(
            byte[] head, byte[] name, Secret under, Secret content, SecureRandom random) {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        var all =
                ByteBuffer.allocate(head.length + NONCE + content.size() + TAG)
                        .put(head)
                        .put(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, under, nonce);
            cipher.updateAAD(all.array(), 0, all.position());
            cipher.updateAAD(name);
            cipher.doFinal(ByteBuffer.wrap(content.expose()), all);
            return all.array();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has AES-GCM", e);
        }
    }

    /// Opens what stands behind `at`: a nonce and sealed octets.
    static Secret unseal(byte[] all, int at, byte[] name, Secret under)
            throws GeneralSecurityException {
        int begin = at + NONCE;
        var cipher = cipher(Cipher.DECRYPT_MODE, under, Arrays.copyOfRange(all, at, begin));
        cipher.updateAAD(all, 0, begin);
        cipher.updateAAD(name);
        return Secret.owning(cipher.doFinal(all, begin, all.length - begin));
    }

    private static Cipher cipher(int mode, Secret under, byte[] nonce)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(under.expose(), "AES"),
                new GCMParameterSpec(8 * TAG, nonce));
        return cipher;
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
            return Secret.owning(seal(SEALED, ascii(name), key, content, random));
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
            return unseal(sealed.expose(), SEALED.length, ascii(name), key);
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
