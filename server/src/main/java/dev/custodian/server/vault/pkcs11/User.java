package dev.custodian.server.vault.pkcs11;

/// Who logs in to a token.
public enum User {
    /// CKU_SO, the security officer: sees no private object, and alone can make a trusted one.
    OFFICER(0),

    /// CKU_USER.
    USER(1);

    private final long number;

    User(long number) {
        this.number = number;
    }

    /// CKU_….
    long number() {
        return number;
    }
}
