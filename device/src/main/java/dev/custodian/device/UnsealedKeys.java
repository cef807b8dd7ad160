package dev.custodian.device;

import dev.custodian.core.Secret;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/// P-256 keys in a folder as `NAME.p8`, PKCS#8 in DER as other programs read it, for this user
/// alone: what the agent has until there is a passphrase. Whoever has a copy of the file has the
/// key, so this is no [DeviceStore] and no [Verdict] says it is one. Sealed, the files are those of
/// a [SoftwareStore].
public final class UnsealedKeys {
    private final PrivateFolder folder;

    private UnsealedKeys(PrivateFolder folder) {
        this.folder = folder;
    }

    /// Keys in `folder`, which is made when it is missing and refused when others may enter it.
    public static UnsealedKeys in(Path folder) throws DeviceException {
        return new UnsealedKeys(PrivateFolder.open(folder));
    }

    /// Seals a key that was not sealed yet, if there is one.
    public static void seal(Path folder, String name, FolderKey key) throws DeviceException {
        PrivateFolder.open(folder, key).seal(name + KeyFile.SUFFIX, P256File.SIZE);
    }

    /// Makes a key.
    ///
    /// @throws DeviceException `KEY_EXISTS` when the name is taken
    public DeviceKey create(String name) throws DeviceException {
        var pair = KeyFile.generate(KeyType.P256);
        try (var file = KeyFile.encode(KeyType.P256, pair)) {
            folder.create(name + KeyFile.SUFFIX, file);
        }
        return key(name, new KeyFile(KeyType.P256, pair.getPrivate(), pair.getPublic()));
    }

    private DeviceKey key(String name, KeyFile file) {
        return SoftwareKey.of(folder, name, file, () -> {});
    }

    /// Opens a key that is there.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when there is none, `STORE_SEALED` when it is sealed
    public DeviceKey load(String name) throws DeviceException {
        try (Secret file = folder.read(name + KeyFile.SUFFIX, P256File.SIZE)) {
            return key(name, KeyFile.decodeP256(file));
        } catch (GeneralSecurityException e) {
            throw new DeviceException(
                    DeviceFailure.KEY_DAMAGED,
                    folder.path(name + KeyFile.SUFFIX) + " holds no P-256 key pair.");
        }
    }

    /// Forgets the key of this name, if there is one.
    public void delete(String name) throws DeviceException {
        var _ = folder.delete(name + KeyFile.SUFFIX);
        var _ = folder.delete(name + SoftwareKey.CERTIFICATES);
    }
}
