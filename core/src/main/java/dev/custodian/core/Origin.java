package dev.custodian.core;

import java.util.Locale;

/// Where a credential's key was made. Recorded when the credential is, and shown wherever it is
/// shown.
public enum Origin {
    /// In a cryptographic device of the server, which never gave it out in the clear.
    HSM,
    /// In the server's memory.
    EMBEDDED,
    /// Somewhere else: who else has it is unknown.
    IMPORTED;

    public static Origin parse(String text) throws MalformedException {
        for (var origin : values()) {
            if (origin.text().equals(text)) {
                return origin;
            }
        }
        throw new MalformedException("not an origin: hsm, embedded or imported");
    }

    /// The word in formats, API and command line.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
