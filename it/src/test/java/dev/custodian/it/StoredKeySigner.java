package dev.custodian.it;

import dev.custodian.client.DeviceSigner;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;

/// A device key of some store, as the client wants it.
public record StoredKeySigner(DeviceKey key, Optional<DeviceVerdict> verdict)
        implements DeviceSigner {
    /// A key of which nothing is said.
    public StoredKeySigner(DeviceKey key) {
        this(key, Optional.empty());
    }

    @Override
    public ECPublicKey publicKey() {
        return (ECPublicKey) key.publicKey();
    }

    @Override
    public Bytes sign(Bytes message) throws Refused {
        try {
            return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message));
        } catch (DeviceException e) {
            throw e.refused();
        }
    }
}
