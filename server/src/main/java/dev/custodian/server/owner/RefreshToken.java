package dev.custodian.server.owner;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A refresh token: names its login and proves it, once. Prints as nothing; only its hash is
/// stored.
public final class RefreshToken {
    private static final String PREFIX = "ref_";
    private static final int LOGIN = 16;
    private static final int SECRET = 32;

    private final Bytes login;
    private final Bytes secret;

    private RefreshToken(Bytes login, Bytes secret) {
        this.login = login;
        this.secret = secret;
    }

    /// Makes the first token of a login of 48 random octets, which the caller provides.
    static RefreshToken of(Bytes random) {
        return new RefreshToken(random.slice(0, LOGIN), random.slice(LOGIN, LOGIN + SECRET));
    }

    /// Reads a token; null when it is none.
    static @Nullable RefreshToken parse(String text) {
        if (!text.startsWith(PREFIX)
                || text.length() != PREFIX.length() + (LOGIN + SECRET) / 3 * 4) {
            return null;
        }
        try {
            return of(Bytes.fromBase64Url(text.substring(PREFIX.length())));
        } catch (MalformedException e) {
            return null;
        }
    }

    /// The token that follows when this one is used with a key: the same for the same key, so that
    /// a lost answer can be given again.
    ///
    /// @param mac HMAC under a key of the vault's
    RefreshToken next(String jkt, UnaryOperator<Bytes> mac) {
        var derived = mac.apply(Bytes.join(login, secret, Bytes.utf8(jkt)));
        return new RefreshToken(login, derived.slice(0, SECRET));
    }

    Bytes login() {
        return login;
    }

    /// H over the text: what is stored.
    Bytes hash() {
        return Hashes.sha256(Bytes.utf8(expose()));
    }

    /// The text that travels: reading it is reading the secret.
    public String expose() {
        return PREFIX + Bytes.concat(login, secret).base64Url();
    }

    @Override
    public String toString() {
        return "RefreshToken";
    }
}
