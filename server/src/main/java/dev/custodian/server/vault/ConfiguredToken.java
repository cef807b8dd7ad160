package dev.custodian.server.vault;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import java.security.GeneralSecurityException;

/// The module and the token that a configuration names.
final class ConfiguredToken {
    private ConfiguredToken() {}

    static Pkcs11Module load(HsmConfig config) throws Pkcs11Failure {
        var reserved = config.reserved();
        return Pkcs11Module.load(config.module(), reserved.isEmpty() ? null : reserved);
    }

    /// What to tell who cannot use it.
    static Refused refused(HsmConfig config, GeneralSecurityException e) {
        return new Refused(
                FailureKind.CONFIG_WRONG,
                "vault.token \"%s\": %s.".formatted(config.token(), e.getMessage()));
    }
}
