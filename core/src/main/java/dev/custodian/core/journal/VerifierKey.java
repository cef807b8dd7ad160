package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/// The public key that checks a journal's signed notes: an Ed25519 key with a name, as
/// c2sp.org/signed-note has it.
///
/// @param name of the journal: without spaces and plus signs, the origin of its checkpoints
/// @param key 32 octets as RFC 8032 encodes them
public record VerifierKey(String name, Bytes key) {

    /// Octets in an Ed25519 signature.
    static final int SIGNATURE_SIZE = 64;

    private static final int KEY_SIZE = 32;
    private static final int MAX_NAME = 255;
    private static final Bytes ED25519 = Bytes.of((byte) 1);

    /// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4), up to the key.
    private static final Bytes SPKI_PREFIX = Bytes.fromHex("302a300506032b6570032100");

    public VerifierKey {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a name for a journal's key: " + name);
        }
        if (key.size() != KEY_SIZE) {
            throw new IllegalArgumentException("an Ed25519 key of " + key.size() + " octets");
        }
    }

    /// The verifier key of this name for a public key of the JDK.
    ///
    /// @throws IllegalArgumentException when it is no Ed25519 key
    public static VerifierKey of(String name, PublicKey key) {
        var spki = Bytes.of(key.getEncoded());
        var prefix = SPKI_PREFIX.size();
        if (spki.size() <= prefix || !spki.slice(0, prefix).equals(SPKI_PREFIX)) {
            throw new IllegalArgumentException("not an Ed25519 key: " + key.getAlgorithm());
        }
        return new VerifierKey(name, spki.slice(prefix, spki.size()));
    }

    /// Reads `name+id+key` as Go's `note.NewVerifier` does: the id in 8 lower-case hex digits, the
    /// key in standard Base64 after its type octet.
    public static VerifierKey parse(String text) throws MalformedException {
        var parts = text.split("\\+", 3);
        if (parts.length != 3) {
            throw new MalformedException(Reason.SYNTAX, "a verifier key is name+id+key");
        }
        if (!isName(parts[0])) {
            throw new MalformedException("a verifier key whose name is not allowed");
        }
        var typed = SignedNote.base64(parts[2]);
        if (typed.size() != 1 + KEY_SIZE || typed.at(0) != ED25519.at(0)) {
            throw new MalformedException("a verifier key that is not Ed25519");
        }
        var key = new VerifierKey(parts[0], typed.slice(1, typed.size()));
        if (!key.id().hex().equals(parts[1])) {
            throw new MalformedException("a verifier key with another key's id");
        }
        return key;
    }

    /// The text form, as [#parse] reads it.
    public String text() {
        return name + "+" + id().hex() + "+" + Bytes.concat(ED25519, key).base64();
    }

    /// The 4 octets that name this key in a signature line: a hint, never a proof.
    public Bytes id() {
        var hash = Hashes.sha256(Bytes.utf8(name + "\n"), ED25519, key);
        return hash.slice(0, SignedNote.KEY_ID_SIZE);
    }

    boolean verifies(Bytes message, Bytes signature) {
        if (signature.size() != SIGNATURE_SIZE) {
            return false;
        }
        try {
            var spki = Bytes.concat(SPKI_PREFIX, key).toArray();
            var check = Signature.getInstance("Ed25519");
            check.initVerify(
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
            check.update(message.toArray());
            return check.verify(signature.toArray());
        } catch (GeneralSecurityException e) {
            // Octets that are no point of the curve verify nothing.
            return false;
        }
    }

    /// Whether signed-note allows this name for a key; ours are printable, and bounded too.
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_NAME
                && name.codePoints()
                        .noneMatch(
                                c ->
                                        c == '+'
                                                || c == '\uFEFF'
                                                || Character.isWhitespace(c)
                                                || Character.isSpaceChar(c)
                                                || Character.isISOControl(c)
                                                || Character.getType(c) == Character.SURROGATE);
    }
}
