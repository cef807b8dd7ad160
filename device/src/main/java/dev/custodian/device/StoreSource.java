package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.login.KeyringSeal;
import dev.custodian.device.login.LoginSeal;
import dev.custodian.device.piv.CardReader;
import dev.custodian.device.tpm.DeviceFile;
import dev.custodian.device.windows.DataProtection;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a store may be: it is opened only when somebody looks.
///
/// @param name which one, for a person: a folder, a device file, a reader
public record StoreSource(StoreKind kind, String name, Opening opening) {
    /// Opens a store, or says why there is none. May hang: a [DeviceKeys] looks at its watch.
    public interface Opening {
        DeviceStore open() throws DeviceException;
    }

    /// The TPM of this machine, behind the kernel's resource manager (Linux).
    ///
    /// @param folder where the files of its keys lie
    public static StoreSource tpm(Path folder) {
        return tpm(
                folder, DeviceFile.MANAGED.toString(), () -> DeviceFile.open(DeviceFile.MANAGED));
    }

    /// A TPM that is reached in another way.
    public static StoreSource tpm(Path folder, String name, TpmStore.Transport transport) {
        return new StoreSource(StoreKind.TPM, name, () -> TpmStore.open(folder, transport));
    }

    /// The PIV card in a reader of this machine: the first that is one.
    ///
    /// @param managementKey null to use the keys that are there, and to try no other; the caller
    ///   closes it, after the store was looked for
    public static StoreSource card(@Nullable Secret managementKey) {
        return new StoreSource(StoreKind.CARD, "any reader", () -> AnyReader.open(managementKey));
    }

    /// The PIV card in this reader.
    public static StoreSource card(CardReader reader, @Nullable Secret managementKey) {
        return new StoreSource(
                StoreKind.CARD, reader.name(), () -> PivStore.open(reader, managementKey));
    }

    /// A folder of files under a passphrase.
    ///
    /// @param passphrase in UTF-8; the caller closes it, after the store was looked for
    public static StoreSource software(Path folder, Secret passphrase) {
        return new StoreSource(
                StoreKind.SOFTWARE,
                folder.toString(),
                () -> SoftwareStore.open(folder, passphrase));
    }

    /// A folder of files for the login of this user, whatever the system has for that: the data
    /// protection of Windows, else the keyring of the desktop (Secret Service), which may ask its
    /// person to unlock it.
    public static StoreSource login(Path folder) {
        var windows = DataProtection.here();
        return software(folder, windows == null ? KeyringSeal.here() : windows);
    }

    /// A folder of files for the user's login.
    public static StoreSource software(Path folder, LoginSeal login) {
        return new StoreSource(
                StoreKind.SOFTWARE, folder.toString(), () -> SoftwareStore.open(folder, login));
    }

    @Override
    public String toString() {
        return kind.display() + " (" + name + ")";
    }
}
