package dev.custodian.server.config;

/// How a key leaves an HSM wrapped; named as in the configuration and in a credential's row.
public enum WrappingMechanism {
    /// `CKM_AES_KEY_WRAP_KWP`: RFC 5649.
    AES_KEY_WRAP_KWP,
    /// `CKM_AES_KEY_WRAP_PAD`: SoftHSM and NSS mean different formats by it, so a key goes back to
    /// the module that wrapped it alone.
    AES_KEY_WRAP_PAD
}
