package dev.custodian.server.vault;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.PrivateFile;
import java.nio.file.Path;
import java.security.SecureRandom;

/// Opens the vault that a configuration names.
public final class Vaults {
    private Vaults() {}

    public static Vault open(Config config, SecureRandom random) throws Refused {
        try (var passphrase = Passphrase.of(config)) {
            return open(config, passphrase, random);
        }
    }

    /// The same with a passphrase that may be known already.
    ///
    /// @param passphrase stays the caller's
    public static Vault open(Config config, Passphrase passphrase, SecureRandom random)
            throws Refused {
        var hsm = config.hsm();
        if (hsm == null) {
            return embedded(config, passphrase, random);
        }
        if (!config.former()) {
            return Pkcs11Vault.open(hsm, readPin(hsm), random);
        }
        var former = former(config, passphrase, random);
        try {
            return new Succession(Pkcs11Vault.open(hsm, readPin(hsm), random), former);
        } catch (Refused | RuntimeException e) {
            former.close();
            throw e;
        }
    }

    private static EmbeddedVault embedded(Config config, Passphrase passphrase, SecureRandom random)
            throws Refused {
        return new EmbeddedVault(MasterKey.readAll(config.master(), passphrase), random);
    }

    private static EmbeddedVault former(Config config, Passphrase passphrase, SecureRandom random)
            throws Refused {
        try {
            return embedded(config, passphrase, random);
        } catch (Refused e) {
            throw new Refused(e.kind(), "vault.former: " + e.detail());
        }
    }

    /// Reads the user's PIN of an HSM.
    public static Secret readPin(HsmConfig hsm) throws Refused {
        return read(hsm.pin());
    }

    /// From a file of ours, or a credential that systemd hands over.
    static Secret read(Path file) throws Refused {
        var folder = System.getenv("CREDENTIALS_DIRECTORY");
        return PrivateFile.readPin(file, folder == null ? null : Path.of(folder));
    }
}
