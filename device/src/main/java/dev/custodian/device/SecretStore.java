package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.login.KeyringSeal;
import java.nio.file.Path;

/// Secrets by their names: in files that a TPM or a folder's key seals, or in the keyring of the
/// login. Each is there whole or not at all.
///
/// Whoever can write to where they lie can bring a former one back.
public interface SecretStore {
    /// Most octets of a secret.
    int LONGEST = Sealing.LONGEST_SECRET;

    /// Keeps a secret, in the place of a former one of this name.
    ///
    /// @param name 1 to 48 characters of `a-z 0-9 _ -`; no secret
    void keep(String name, Secret secret) throws DeviceException;

    /// The secret of this name; the caller closes it.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when there is none
    Secret get(String name) throws DeviceException;

    /// Forgets a secret.
    ///
    /// @return whether there was one
    boolean delete(String name) throws DeviceException;

    /// Files that a store of keys seals: they open where that one opens and nowhere else.
    ///
    /// @param folder made when it is missing, refused when others may enter it
    /// @param sealing a [TpmStore] or a [SoftwareStore]; not closed with this
    static SecretStore in(Path folder, Sealing sealing) throws DeviceException {
        return new SealedSecrets(PrivateFolder.open(folder.toAbsolutePath().normalize()), sealing);
    }

    /// Items of the keyring of the login, which are found by `secret-tool lookup custodian-store
    /// STORE custodian-name NAME`. Secrets that are text in UTF-8 are kept by every keyring; one
    /// that a keyring does not give back as it was is refused (`STORE_LIED`).
    ///
    /// @param keyring reaches it, for each use anew
    /// @param store what tells them from those of other programs, as a name
    static SecretStore of(KeyringSeal.Opening keyring, String store) {
        return new KeyringSecrets(keyring, SecretNames.require(store));
    }
}
