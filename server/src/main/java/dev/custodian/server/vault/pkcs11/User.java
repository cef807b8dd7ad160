package dev.custodian.server.vault.pkcs11;

/// Who logs in to a token.
public enum User {
    /// CKU_SO, the security officer: sees no private object, and alone can make a trusted one.
    OFFICER,

    /// CKU_USER.
    USER;

    long number() {
        return ordinal();
    }
}
