package dev.custodian.link;

/// In which store a device key is to be made.
public enum KeyStore {
    TPM,
    CARD
}
