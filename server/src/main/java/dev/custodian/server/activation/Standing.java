package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.ProofRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import org.jspecify.annotations.Nullable;

/// The rows that decide about an approval, of one moment.
///
/// @param proof of the device's hardware; null when there is none
record Standing(DeviceRow device, CredentialRow credential, @Nullable ProofRow proof) {
    /// Loads them; refuses a device that is not enrolled and a credential that is not its owner's.
    static Standing load(Store store, DeviceCaller caller, Id credentialId) throws Refused {
        try (var reader = store.read()) {
            var device = reader.device(caller.device());
            if (device == null
                    || device.state() != DeviceRow.State.ACTIVE
                    || !device.owner().equals(caller.owner())) {
                throw new Refused(FailureKind.NOT_AUTHENTICATED);
            }
            var credential = reader.credential(credentialId);
            if (credential == null || !credential.owner().equals(device.owner())) {
                throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
            }
            return new Standing(device, credential, reader.factors().proof(device.id()));
        }
    }

    /// Frees the credential's wrapped key from its owner's seal.
    Secret inner(OwnerKey owner) throws Refused {
        return switch (credential.custody()) {
            case OWNER_SEALED -> OwnerSeal.open(owner, credential);
            case MANAGED -> Secret.owning(credential.key().toArray());
        };
    }

    /// That nothing was taken back while the factors were checked.
    void unchanged(Tx tx) throws Refused {
        var deviceNow = tx.device(device.id());
        var credentialNow = tx.credential(credential.id());
        if (deviceNow == null || deviceNow.state() != DeviceRow.State.ACTIVE) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        if (credentialNow == null || credentialNow.version() != credential.version()) {
            throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
        }
    }
}
