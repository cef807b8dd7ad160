package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.Finding.Outcome;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Plays who has the PIN of a token's user, and tries to get a key out of it.
final class Thief {
    /// One that a user may do anything with: what is refused with it is refused for no good reason,
    /// and a refusal of the same with another proves nothing.
    private static final Template PREY =
            Template.empty().with(Cryptoki.CKA_TOKEN, false).with(Cryptoki.CKA_EXTRACTABLE, true);

    private static final int BLOCK = 16;
    private static final byte[] IV = new byte[BLOCK];
    private static final byte[] BLOCKS = new byte[2 * BLOCK];

    private final TokenSession session;
    private final Set<Long> offered;
    private final long own;
    private final List<Mechanism> ways;

    /// A way to steal.
    private interface Theft {
        /// How the key was got; empty when the module let it be done, and nothing came of it.
        String go() throws GeneralSecurityException;
    }

    private Thief(TokenSession session, Set<Long> offered, long own, List<Mechanism> ways) {
        this.session = session;
        this.offered = offered;
        this.own = own;
        this.ways = ways;
    }

    /// Prepares a wrapping key of the thief's own and the mechanisms that it wraps private keys by.
    ///
    /// @param session with the user logged in
    static Thief with(TokenSession session, Set<Long> offered) throws GeneralSecurityException {
        long own = session.generateKey(Mechanism.of(Cryptoki.CKM_AES_KEY_GEN), tool());
        var prey = TokenKeyPairs.generate(session, KeyAlgorithm.RSA_2048, PREY).privateKey();
        var ways = new ArrayList<Mechanism>();
        for (var way : wrappings().filter(one -> offered.contains(one.type())).toList()) {
            if (does(() -> session.wrap(way, own, prey))) {
                ways.add(way);
            }
        }
        session.destroy(prey);
        return new Thief(session, offered, own, List.copyOf(ways));
    }

    private static Stream<Mechanism> wrappings() {
        return Stream.of(
                Mechanism.of(Cryptoki.CKM_AES_KEY_WRAP_KWP),
                Mechanism.of(Cryptoki.CKM_AES_KEY_WRAP_PAD),
                Mechanism.of(Cryptoki.CKM_AES_KEY_WRAP),
                Mechanism.of(Cryptoki.CKM_AES_CBC_PAD, IV));
    }

    /// An AES key that wraps, unwraps, encrypts and decrypts.
    private static Template tool() {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_AES)
                .with(Cryptoki.CKA_VALUE_LEN, 32)
                .with(Cryptoki.CKA_TOKEN, false)
                .with(Cryptoki.CKA_WRAP, true)
                .with(Cryptoki.CKA_UNWRAP, true)
                .with(Cryptoki.CKA_ENCRYPT, true)
                .with(Cryptoki.CKA_DECRYPT, true);
    }

    private interface Act {
        Object go() throws GeneralSecurityException;
    }

    private static boolean does(Act act) {
        try {
            var _ = act.go();
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// Ends the play. Some modules refuse with CKR_GENERAL_ERROR.
    private static boolean isGone(Pkcs11Failure e) {
        return e.lost() && e.rv() != Cryptoki.CKR_GENERAL_ERROR;
    }

    private static Finding tried(String what, Theft theft) throws Pkcs11Failure {
        try {
            var got = theft.go();
            return new Finding(what, got.isEmpty() ? Outcome.REFUSED : Outcome.STOLEN, got);
        } catch (Pkcs11Failure e) {
            if (isGone(e)) {
                throw e;
            }
            return Finding.of(what, Outcome.REFUSED, e);
        } catch (GeneralSecurityException e) {
            return Finding.of(what, Outcome.REFUSED, e);
        }
    }

    /// At a key that was made to stay inside.
    List<Finding> atResident(long key) throws Pkcs11Failure {
        return List.of(
                tried("read a resident key", () -> read(key, Cryptoki.CKA_PRIVATE_EXPONENT)),
                ways.isEmpty()
                        ? new Finding(
                                "wrap a resident key out",
                                Outcome.NOT_OFFERED,
                                "the module wraps no private key")
                        : tried("wrap a resident key out", () -> leaves(key)),
                tried("make a resident key extractable", () -> loosened(key)));
    }

    private String read(long key, long attribute) throws Pkcs11Failure {
        return session.get(key, attribute).length == 0 ? "" : "read in the clear";
    }

    /// Wraps it out under the thief's own key, by any mechanism.
    private String leaves(long key) throws Pkcs11Failure {
        Pkcs11Failure refused = null;
        for (var way : ways) {
            try {
                if (session.wrap(way, own, key).length > 0) {
                    return "wrapped out by 0x%X".formatted(way.type());
                }
            } catch (Pkcs11Failure e) {
                refused = e;
            }
        }
        if (refused != null) {
            throw refused;
        }
        return "";
    }

    private String loosened(long key) throws Pkcs11Failure {
        var loose =
                Template.empty()
                        .with(Cryptoki.CKA_EXTRACTABLE, true)
                        .with(Cryptoki.CKA_SENSITIVE, false);
        try {
            session.set(key, loose);
            return "its attributes were changed";
        } catch (Pkcs11Failure e) {
            if (isGone(e)) {
                throw e;
            }
        }
        return session.flag(session.copy(key, loose), Cryptoki.CKA_EXTRACTABLE)
                ? "copied as extractable"
                : "";
    }

    /// At a credential's key before and after it was wrapped.
    ///
    /// @param key the credential's key, extractable and to be wrapped with trusted keys alone
    /// @param blob the same, wrapped under the vault's key
    /// @param known what the vault knows its key by
    List<Finding> atWrapped(long wrapping, Mechanism how, long key, byte[] blob, KnownKey known)
            throws Pkcs11Failure {
        var findings = new ArrayList<Finding>();
        findings.add(
                tried("wrap a credential's key out under a key of one's own", () -> leaves(key)));
        findings.add(
                tried("put a key of one's own in the wrapping key's place", () -> replaces(known)));
        findings.addAll(atBlob(wrapping, how, blob, true, "with the PIN: "));
        return findings;
    }

    /// Some modules let a user make a trusted key: whether the vault takes it for its own.
    private String replaces(KnownKey known) throws Pkcs11Failure {
        long planted =
                session.generateKey(
                        Mechanism.of(Cryptoki.CKM_AES_KEY_GEN),
                        tool().with(Cryptoki.CKA_TRUSTED, true)
                                .with(Cryptoki.CKA_LABEL, TokenKeys.WRAPPING)
                                .with(Cryptoki.CKA_ID, Bytes.fromHex(known.id()).toArray()));
        return KeyProof.isOf(session, planted, known) ? "the vault took it for its own" : "";
    }

    /// With a blob and the handle of the key that it was wrapped under, who is logged in or not.
    List<Finding> atBlob(long wrapping, Mechanism how, byte[] blob, boolean loggedIn, String who)
            throws Pkcs11Failure {
        var findings = new ArrayList<Finding>();
        findings.add(
                tried(
                        who + "take a blob in as extractable",
                        () -> taken(wrapping, how, blob, privateKey(loggedIn, true, true))));
        findings.add(
                tried(
                        who + "take a blob in as readable",
                        () -> taken(wrapping, how, blob, privateKey(loggedIn, false, false))));
        findings.add(
                tried(
                        who + "take a blob in as a secret that is read",
                        () -> taken(wrapping, how, blob, secret(loggedIn))));
        if (!loggedIn) {
            findings.add(tried(who + "take a blob in and sign", () -> signs(wrapping, how, blob)));
        }
        findings.add(
                tried(who + "decrypt a blob by the wrapping key", () -> decrypts(wrapping, blob)));
        findings.add(tried(who + "encrypt by the wrapping key", () -> encrypts(wrapping)));
        findings.add(
                tried(who + "read the wrapping key", () -> read(wrapping, Cryptoki.CKA_VALUE)));
        if (loggedIn) {
            findings.add(tried(who + "wrap the wrapping key out", () -> leaves(wrapping)));
        }
        findings.add(tried(who + "copy the wrapping key", () -> copies(wrapping)));
        findings.add(tried(who + "edit the wrapping key", () -> edits(wrapping)));
        return findings;
    }

    /// What a thief would have a blob come back as.
    private static Template privateKey(boolean isPrivate, boolean extractable, boolean sensitive) {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_RSA)
                .with(Cryptoki.CKA_TOKEN, false)
                .with(Cryptoki.CKA_PRIVATE, isPrivate)
                .with(Cryptoki.CKA_SENSITIVE, sensitive)
                .with(Cryptoki.CKA_EXTRACTABLE, extractable)
                .with(Cryptoki.CKA_SIGN, true);
    }

    private static Template secret(boolean isPrivate) {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_GENERIC_SECRET)
                .with(Cryptoki.CKA_TOKEN, false)
                .with(Cryptoki.CKA_PRIVATE, isPrivate)
                .with(Cryptoki.CKA_SENSITIVE, false)
                .with(Cryptoki.CKA_EXTRACTABLE, true);
    }

    private String taken(long wrapping, Mechanism how, byte[] blob, Template as)
            throws Pkcs11Failure {
        long back = session.unwrap(how, wrapping, blob, as);
        try {
            if (session.flag(back, Cryptoki.CKA_EXTRACTABLE)) {
                return "it came back extractable";
            }
            return session.flag(back, Cryptoki.CKA_SENSITIVE) ? "" : "it came back readable";
        } finally {
            session.destroy(back);
        }
    }

    private String signs(long wrapping, Mechanism how, byte[] blob) throws Pkcs11Failure {
        long back = session.unwrap(how, wrapping, blob, privateKey(false, false, true));
        try {
            var signature = session.sign(Mechanism.of(Cryptoki.CKM_RSA_PKCS), back, BLOCKS);
            return signature.length == 0 ? "" : "it signed without a PIN";
        } finally {
            session.destroy(back);
        }
    }

    private Stream<Mechanism> ciphers() {
        return Stream.concat(
                        wrappings(),
                        Stream.of(
                                Mechanism.of(Cryptoki.CKM_AES_ECB),
                                Mechanism.of(Cryptoki.CKM_AES_CBC, IV)))
                .filter(one -> offered.contains(one.type()));
    }

    /// Tries whole blocks of the blob: the ciphers take nothing else, and its length varies with
    /// the key.
    private String decrypts(long wrapping, byte[] blob) {
        var blocks = Arrays.copyOf(blob, blob.length / BLOCK * BLOCK);
        return ciphers()
                .filter(one -> does(() -> session.decrypt(one, wrapping, blocks)))
                .map(one -> "decrypted by 0x%X".formatted(one.type()))
                .findFirst()
                .orElse("");
    }

    private String encrypts(long wrapping) {
        return ciphers()
                .filter(one -> does(() -> session.encrypt(one, wrapping, BLOCKS)))
                .map(one -> "encrypted by 0x%X".formatted(one.type()))
                .findFirst()
                .orElse("");
    }

    private String copies(long wrapping) throws Pkcs11Failure {
        for (var change :
                List.of(
                        Template.empty(),
                        Template.empty().with(Cryptoki.CKA_TOKEN, false),
                        Template.empty().with(Cryptoki.CKA_DECRYPT, true),
                        Template.empty().with(Cryptoki.CKA_EXTRACTABLE, true))) {
            try {
                session.destroy(session.copy(wrapping, change));
                return "it was copied";
            } catch (Pkcs11Failure e) {
                if (isGone(e)) {
                    throw e;
                }
            }
        }
        return "";
    }

    /// The first edit leaves the key as it is. One that would not is undone at once.
    private String edits(long wrapping) throws Pkcs11Failure {
        for (long attribute :
                new long[] {Cryptoki.CKA_WRAP, Cryptoki.CKA_DECRYPT, Cryptoki.CKA_ENCRYPT}) {
            boolean before = session.flag(wrapping, attribute);
            try {
                session.set(wrapping, Template.empty().with(attribute, true));
                session.set(wrapping, Template.empty().with(attribute, before));
                return "0x%X was changed".formatted(attribute);
            } catch (Pkcs11Failure e) {
                if (isGone(e)) {
                    throw e;
                }
            }
        }
        return "";
    }

    /// Whether a blob that was changed comes back: such a mechanism notices nothing.
    Finding changes(long wrapping, Mechanism how, byte[] blob) throws Pkcs11Failure {
        return tried(
                "change a blob",
                () -> {
                    for (int at : new int[] {0, 8, blob.length / 2, blob.length - 1}) {
                        var changed = blob.clone();
                        changed[at] ^= 1;
                        if (does(
                                () ->
                                        session.unwrap(
                                                how,
                                                wrapping,
                                                changed,
                                                privateKey(true, false, true)))) {
                            return "octet " + at + " was changed and not noticed";
                        }
                    }
                    return "";
                });
    }
}
