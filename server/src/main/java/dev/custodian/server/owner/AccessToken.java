package dev.custodian.server.owner;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;

/// An opaque access token of a device. Prints as nothing; only its hash is stored.
public final class AccessToken {
    private static final String PREFIX = "tok_";

    private final String text;

    private AccessToken(String text) {
        this.text = text;
    }

    /// Makes a token of 32 random octets, which the caller provides.
    static AccessToken of(Bytes random) {
        return new AccessToken(PREFIX + random.base64Url());
    }

    /// The text that travels: reading it is reading the secret.
    public String expose() {
        return text;
    }

    /// H over the text: what is stored.
    static Bytes hash(String text) {
        return Hashes.sha256(Bytes.utf8(text));
    }

    @Override
    public String toString() {
        return "AccessToken";
    }
}
