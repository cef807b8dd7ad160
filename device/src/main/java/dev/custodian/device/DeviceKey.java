package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.security.interfaces.ECPublicKey;

/// A P-256 key pair that is bound to this machine, as firmly as its [Protection] says.
public interface DeviceKey {
    ECPublicKey publicKey();

    /// Signs `message` with ECDSA over SHA-256.
    ///
    /// @return `r | s`, 32 octets each: the form of ES256 in JOSE (RFC 7518 §3.4)
    Bytes sign(Bytes message) throws Refused;
}
