package dev.custodian.it.hsm;

import dev.custodian.core.Origin;
import dev.custodian.core.Secret;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.Vault;
import java.nio.file.Path;

/// The vault without a device.
class EmbeddedVaultContractTest extends VaultContract {
    @Override
    String named() {
        return "embedded";
    }

    @Override
    Vault open(Path folder) {
        return stranger();
    }

    @Override
    Vault stranger() {
        var master = new byte[32];
        random.nextBytes(master);
        return new EmbeddedVault(Secret.owning(master), random);
    }

    @Override
    Origin origin() {
        return Origin.EMBEDDED;
    }
}
