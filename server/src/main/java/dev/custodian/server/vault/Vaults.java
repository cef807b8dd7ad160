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
        var hsm = config.hsm();
        if (hsm == null) {
            return embedded(config, random);
        }
        if (!config.former()) {
            return Pkcs11Vault.open(hsm, readPin(hsm), random);
        }
        var former = former(config, random);
        try {
            return new Succession(Pkcs11Vault.open(hsm, readPin(hsm), random), former);
        } catch (Refused | RuntimeException e) {
            former.close();
            throw e;
        }
    }

    private static EmbeddedVault embedded(Config config, SecureRandom random) throws Refused {
        return new EmbeddedVault(MasterKey.readAll(config.master()), random);
    }

    private static EmbeddedVault former(Config config, SecureRandom random) throws Refused {
        try {
            return embedded(config, random);
        } catch (Refused e) {
            throw new Refused(e.kind(), "vault.former: " + e.detail());
        }
    }

    /// Reads the user's PIN of an HSM: from a file of ours, or a credential that systemd hands
    /// over.
    public static Secret readPin(HsmConfig hsm) throws Refused {
        var folder = System.getenv("CREDENTIALS_DIRECTORY");
        return PrivateFile.readPin(hsm.pin(), folder == null ? null : Path.of(folder));
    }
}
