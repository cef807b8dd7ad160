package dev.custodian.device;

import dev.custodian.core.Bytes;

/// A key that signs whole messages, and them alone: Ed25519 (RFC 8032).
public interface MessageSigning {
    /// Signs the message itself, in 64 octets.
    Bytes sign(Bytes message) throws DeviceException;
}
