package dev.custodian.it.hsm;

import java.nio.file.Path;

/// The vault over SoftHSM.
class SoftHsmVaultIT extends TokenVaultContract {
    @Override
    Hsm token(Path folder) throws Exception {
        return Hsm.softHsm(folder);
    }
}
