package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;

/// The device key, wherever it is kept: a P-256 key that proves which machine is asking.
public interface DeviceSigner {
    ECPublicKey publicKey();

    /// Signs with ES256: ECDSA over SHA-256, `r | s` in 64 octets.
    Bytes sign(Bytes message) throws Refused;

    /// How well it is kept, as this machine says; empty where it says nothing. The server keeps it
    /// when the device is enrolled.
    default Optional<DeviceVerdict> verdict() {
        return Optional.empty();
    }

    /// The key for TLS; refused by one that is not for it.
    default TlsIdentity tls() throws Refused {
        throw new Refused(
                FailureKind.PROTOCOL_BROKEN,
                "The server binds logins to the device key by TLS, which this program does not"
                        + " offer.");
    }
}
