package dev.custodian.client;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;

/// What a server binds its tokens to, one for all devices.
enum Binding {
    /// A key that proves itself in each call (RFC 9449).
    DPOP("dpop", "DPoP"),
    /// The device key, which opened the connection (RFC 8705).
    TLS("tls", "Bearer");

    private final String word;
    private final String scheme;

    Binding(String word, String scheme) {
        this.word = word;
        this.scheme = scheme;
    }

    String word() {
        return word;
    }

    /// Of the header `Authorization`, and the `token_type`.
    String scheme() {
        return scheme;
    }

    /// What `/identity` says; servers from before it did say nothing.
    static Binding of(String word) throws Refused {
        if (word.isEmpty()) {
            return DPOP;
        }
        for (var one : values()) {
            if (one.word.equals(word)) {
                return one;
            }
        }
        throw new Refused(
                FailureKind.PROTOCOL_BROKEN,
                "The server binds its tokens in a way that this program does not know.");
    }
}
