package dev.custodian.it.hsm;

import java.nio.file.Path;

/// The vault over Kryoptic, wrapped by the standard's mechanism.
class KryopticVault extends TokenVaultContract {
    @Override
    String named() {
        return "Kryoptic 1.5.4";
    }

    @Override
    Hsm token(Path folder) throws Exception {
        return Hsm.kryoptic(folder);
    }
}
