package dev.custodian.core.evidence;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;

/// `CONSENT`: the bearer secret of one consent (FORMATS §6), 32 octets. Prints as nothing; wiped
/// when closed.
public final class ConsentSecret implements AutoCloseable {
    /// 32 octets in base64url.
    private static final int CHARACTERS = 43;

    private static final Bytes INFO = Bytes.utf8("custodian/consent/1");
    private static final Bytes OPENING = Bytes.utf8("custodian/opening/1");

    private final Secret secret;

    private ConsentSecret(Secret secret) {
        this.secret = secret;
        secret.rest();
    }

    /// The name of the consent that the intent with this hash asks for: its first 128 bits, so that
    /// whoever holds the intent knows which approvals stand under it.
    public static Id id(Bytes intentHash) {
        return Id.of(Id.Kind.CONSENT, intentHash.slice(0, 16));
    }

    /// The secret that `r` and the consent intent's hash give: both sides can compute it, so a
    /// repeated request has the same one.
    public static ConsentSecret derive(Secret r, Bytes intentHash) {
        return new ConsentSecret(Hkdf.derive(r, Bytes.join(INFO, intentHash)));
    }

    public static ConsentSecret parse(String text) throws MalformedException {
        if (text.length() != CHARACTERS) {
            throw new MalformedException(Reason.SIZE, "the secret of a consent has 43 characters");
        }
        return new ConsentSecret(Secret.owning(Bytes.fromBase64Url(text).toArray()));
    }

    /// The text that travels: 43 characters of base64url. Reading it is reading the secret.
    public String expose() {
        return octets().base64Url();
    }

    private Bytes octets() {
        var octets = Bytes.of(secret.expose());
        secret.rest();
        return octets;
    }

    /// H over the octets: what is stored.
    public Bytes hash() {
        return Hashes.sha256(octets());
    }

    /// The SAD of a `sign` intent that is approved under the consent: the secret stands in place of
    /// `r` (FORMATS §5).
    public Sad sad(Bytes intentHash) {
        try {
            return Sad.derive(secret, intentHash);
        } finally {
            secret.rest();
        }
    }

    /// The key that the consent's opening is encrypted under.
    public Secret openingKey(Id consent) {
        try {
            return Hkdf.derive(secret, Bytes.join(OPENING, Bytes.utf8(consent.text())));
        } finally {
            secret.rest();
        }
    }

    @Override
    public void close() {
        secret.close();
    }

    @Override
    public String toString() {
        return "ConsentSecret";
    }
}
