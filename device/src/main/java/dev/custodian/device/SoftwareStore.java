package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.login.LoginSeal;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Keys in the files of a folder, each sealed under the folder's [FolderKey]: `NAME.p8`, see
/// [KeyFile]. A file is there whole or not at all. Plain files are refused: see [UnsealedKeys].
///
/// An opened key is in the memory of this process, and Java cannot wipe it there.
public final class SoftwareStore implements DeviceStore, Sealing {
    private static final Pattern PURPOSE = Pattern.compile("[a-z0-9_-]{1,64}");

    private final PrivateFolder folder;

    /// The same folder, for what is not sealed.
    private final PrivateFolder plain;

    private final FolderKey key;
    private volatile boolean closed;

    private SoftwareStore(PrivateFolder folder, PrivateFolder plain, FolderKey key) {
        this.folder = folder;
        this.plain = plain;
        this.key = key;
    }

    /// Keys in `folder`, which is refused when others may enter it.
    ///
    /// @param key closed with this
    public static SoftwareStore in(Path folder, FolderKey key) throws DeviceException {
        var whole = folder.toAbsolutePath().normalize();
        return new SoftwareStore(PrivateFolder.open(whole, key), PrivateFolder.open(whole), key);
    }

    private static SoftwareStore closing(Path folder, FolderKey key) throws DeviceException {
        try {
            return in(folder, key);
        } catch (DeviceException e) {
            key.close();
            throw e;
        }
    }

    /// Opens the store of a folder; of a new one when there is none, which writes its `folder.key`
    /// with the first key or secret that it keeps, so that a look leaves no trace.
    ///
    /// @param passphrase in UTF-8, not empty; a guess of it is all that keeps a copy of the folder
    /// @throws DeviceException `PASSPHRASE_WRONG`, also for a damaged `folder.key`
    public static SoftwareStore open(Path folder, Secret passphrase) throws DeviceException {
        return closing(folder, FolderKey.openOrDraft(folder, passphrase, new SecureRandom()));
    }

    /// The same for a user's login: what opens `folder.key` is kept by the system.
    ///
    /// @param login of the user who runs this
    /// @throws DeviceException `KEY_DAMAGED` when it is another login's; of a keyring,
    ///   `STORE_ABSENT` without one, `STORE_SEALED` when nobody unlocks it, `KEY_FOREIGN` when it
    ///   no longer has what opens the folder
    public static SoftwareStore open(Path folder, LoginSeal login) throws DeviceException {
        return closing(folder, FolderKey.openOrDraft(folder, login, new SecureRandom()));
    }

    @Override
    public StoreLabel label() {
        return new StoreLabel(StoreKind.SOFTWARE, folder.folder().toString(), false);
    }

    /// Files that a TPM seals are files still: once they are open, the key is in memory.
    @Override
    public Verdict verdict() {
        return key.verdict().isHardware() ? Verdict.SOFTWARE_LOGIN_BOUND : key.verdict();
    }

    @Override
    public Set<KeyType> types() {
        return EnumSet.allOf(KeyType.class);
    }

    private void requireOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    @Override
    public DeviceKey create(KeySpec spec) throws DeviceException {
        requireOpen();
        var pair = KeyFile.generate(spec.type());
        var name = spec.name() + KeyFile.SUFFIX;
        key.place();
        try (var file = KeyFile.encode(spec.type(), pair)) {
            folder.create(name, file);
        }
        return key(name, new KeyFile(spec.type(), pair.getPrivate(), pair.getPublic()));
    }

    @Override
    public DeviceKey throwAway() throws DeviceException {
        requireOpen();
        var pair = KeyFile.generate(KeyType.P256);
        var name = "trial" + KeyFile.SUFFIX;
        key.tryOut();
        try (var file = KeyFile.encode(KeyType.P256, pair)) {
            folder.rehearse(name, file);
        }
        return key(name, new KeyFile(KeyType.P256, pair.getPrivate(), pair.getPublic()));
    }

    private SoftwareKey key(String name, KeyFile file) {
        return SoftwareKey.of(plain, stem(name), file, this::requireOpen);
    }

    @Override
    public DeviceKey open(KeyUri uri) throws DeviceException {
        requireOpen();
        var name = name(uri);
        try (var file = folder.readSealed(name, KeyFile.LONGEST)) {
            return key(name, KeyFile.decode(file));
        } catch (GeneralSecurityException e) {
            throw new DeviceException(
                    DeviceFailure.KEY_DAMAGED, folder.path(name) + " holds no key pair.");
        }
    }

    /// The name of a file of this folder.
    private String name(KeyUri uri) throws DeviceException {
        return uri instanceof KeyUri.SoftwareFile(var path)
                ? folder.nameOf(path, KeyFile.SUFFIX)
                : unknown(uri);
    }

    private static String stem(String name) {
        return name.substring(0, name.length() - KeyFile.SUFFIX.length());
    }

    private static String unknown(KeyUri uri) throws DeviceException {
        throw new DeviceException(DeviceFailure.KEY_UNKNOWN, uri + " is not of this store.");
    }

    @Override
    public List<KeyUri> list() throws DeviceException {
        requireOpen();
        return folder.names(KeyFile.SUFFIX).stream()
                .<KeyUri>map(name -> new KeyUri.SoftwareFile(folder.path(name + KeyFile.SUFFIX)))
                .toList();
    }

    @Override
    public void delete(KeyUri uri) throws DeviceException {
        requireOpen();
        var name = name(uri);
        if (!folder.delete(name)) {
            throw new DeviceException(
                    DeviceFailure.KEY_UNKNOWN, folder.path(name) + " is missing.");
        }
        var _ = plain.delete(stem(name) + SoftwareKey.CERTIFICATES);
    }

    /// What stands for the purpose in a seal; refuses what is no purpose.
    static String purpose(String purpose) {
        if (!PURPOSE.matcher(purpose).matches()) {
            throw new IllegalArgumentException("not a purpose: " + purpose);
        }
        return "sealed/" + purpose;
    }

    @Override
    public Bytes seal(String purpose, Secret content) throws DeviceException {
        requireOpen();
        if (content.size() > LONGEST_SECRET) {
            throw new IllegalArgumentException("a secret that is too long");
        }
        key.place();
        try (var sealed = key.seal(purpose(purpose), content)) {
            return Bytes.of(sealed.expose());
        } catch (Refused e) {
            throw DeviceException.of(e);
        }
    }

    @Override
    public Secret unseal(String purpose, Bytes sealed) throws DeviceException {
        requireOpen();
        try (var octets = Secret.owning(sealed.toArray())) {
            return key.open(purpose(purpose), octets);
        } catch (Refused e) {
            throw new DeviceException(
                    DeviceFailure.KEY_DAMAGED,
                    "It was changed, or sealed in another store or for another purpose.");
        }
    }

    @Override
    public void close() {
        closed = true;
        key.close();
    }

    @Override
    public String toString() {
        return label().toString();
    }
}
