package dev.custodian.core.evidence;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;

/// The signature activation data: bearer secret of one authorization (FORMATS §5). Prints as
/// nothing.
public final class Sad {
    private static final String PREFIX = "sad_";

    /// 32 octets in base64url.
    private static final int CHARACTERS = 43;

    private static final Bytes INFO = Bytes.utf8("custodian/sad/1");
    private static final Bytes OPENING = Bytes.utf8("custodian/opening/1");

    private final Bytes octets;

    private Sad(Bytes octets) {
        this.octets = octets;
    }

    /// The SAD that `r` and the intent's hash give: both sides can compute it, so a repeated
    /// request has the same one.
    public static Sad derive(Secret r, Bytes intentHash) {
        try (var secret = Hkdf.derive(r, Bytes.join(INFO, intentHash))) {
            return new Sad(Bytes.of(secret.expose()));
        }
    }

    public static Sad parse(String text) throws MalformedException {
        if (!text.startsWith(PREFIX)) {
            throw new MalformedException("a SAD begins with " + PREFIX);
        }
        if (text.length() != PREFIX.length() + CHARACTERS) {
            throw new MalformedException(Reason.SIZE, "a SAD has 47 characters");
        }
        return new Sad(Bytes.fromBase64Url(text.substring(PREFIX.length())));
    }

    /// The text that travels: `sad_` and 43 characters. Reading it is reading the secret.
    public String expose() {
        return PREFIX + octets.base64Url();
    }

    /// H over the text: what is stored.
    public Bytes hash() {
        return Hashes.sha256(Bytes.utf8(expose()));
    }

    /// The key that the authorization's opening is encrypted under.
    public Secret openingKey(String authorizationId) {
        return Hkdf.derive(octets.toArray(), Bytes.join(OPENING, Bytes.utf8(authorizationId)));
    }

    @Override
    public String toString() {
        return "Sad";
    }
}
