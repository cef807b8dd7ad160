package dev.custodian.it.hsm;

import java.nio.file.Path;

/// Kryoptic through the binding.
class KryopticBinding extends BindingContract {
    @Override
    Hsm make(Path folder) throws Exception {
        return Hsm.kryoptic(folder);
    }
}
