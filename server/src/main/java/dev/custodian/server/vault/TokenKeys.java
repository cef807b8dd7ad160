package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The keys of a vault that rest in its token, by their handles: looked for once, when the
/// connection is made.
final class TokenKeys {
    /// Label of the key that others are wrapped under.
    static final String WRAPPING = "custodian wrapping key";

    /// Label of the key that the server's own secrets are derived from.
    static final String ROOT = "custodian root key";

    private static final String ROOT_CONTEXT = "custodian/vault/root/1";
    private static final int ROOT_SIZE = 32;
    private static final int MOST = 200_000;

    private final List<Wrapping> wrapping;
    private final Map<Bytes, Long> resident;
    private final String noWrapping;

    /// A key that others are wrapped under.
    private record Wrapping(String id, long handle) {}

    private TokenKeys(List<Wrapping> wrapping, Map<Bytes, Long> resident, String noWrapping) {
        this.wrapping = wrapping;
        this.resident = resident;
        this.noWrapping = noWrapping;
    }

    /// @param known what the wrapping keys are known by, the newest first
    static TokenKeys load(Token token, TokenSession session, HsmConfig config, List<KnownKey> known)
            throws GeneralSecurityException {
        var wrapping = new ArrayList<Wrapping>();
        for (var one : known) {
            wrapping.add(new Wrapping(one.id(), wrappingKey(session, one)));
        }
        var resident = new ConcurrentHashMap<Bytes, Long>();
        var all =
                Template.empty()
                        .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                        .with(Cryptoki.CKA_TOKEN, true);
        for (long key : session.find(all, MOST)) {
            if (label(session, key).startsWith(Id.Kind.CREDENTIAL.prefix())) {
                resident.put(Bytes.of(session.get(key, Cryptoki.CKA_ID)), key);
            }
        }
        var mechanism = config.mechanism();
        return new TokenKeys(
                List.copyOf(wrapping),
                resident,
                wrapping.isEmpty()
                        ? "hsm init made no wrapping key"
                        : token.mechanisms().contains(ckm(mechanism))
                                ? ""
                                : "the module does not have " + mechanism);
    }

    /// The wrapping key by its handle. Others that say the same of themselves are passed over:
    /// whoever has the user's PIN may have put them there.
    static long wrappingKey(TokenSession session, KnownKey known) throws GeneralSecurityException {
        var named = secretKey(WRAPPING).with(Cryptoki.CKA_ID, Bytes.fromHex(known.id()).toArray());
        for (long key : session.find(named, MOST)) {
            if (KeyProof.isOf(session, key, known)) {
                return key;
            }
        }
        throw new GeneralSecurityException(
                "no wrapping key in the token answers as the file of vault.wrapping_key says of "
                        + known.id());
    }

    static String label(TokenSession session, long key) throws Pkcs11Failure {
        try {
            return new String(session.get(key, Cryptoki.CKA_LABEL), StandardCharsets.UTF_8);
        } catch (Pkcs11Failure e) {
            if (e.rv() == Cryptoki.CKR_ATTRIBUTE_TYPE_INVALID) {
                return "";
            }
            throw e;
        }
    }

    static Template secretKey(String label) {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                .with(Cryptoki.CKA_TOKEN, true)
                .with(Cryptoki.CKA_LABEL, label);
    }

    /// CKM_… of a way to wrap.
    static long ckm(WrappingMechanism mechanism) {
        return switch (mechanism) {
            case AES_KEY_WRAP_KWP -> Cryptoki.CKM_AES_KEY_WRAP_KWP;
            case AES_KEY_WRAP_PAD -> Cryptoki.CKM_AES_KEY_WRAP_PAD;
        };
    }

    static boolean hasRoot(TokenSession session) throws Pkcs11Failure {
        return !session.find(secretKey(ROOT), MOST).isEmpty();
    }

    /// The secret that the server's own are derived from: 32 octets that only this token can
    /// compute, and only for who is logged in.
    static Secret root(TokenSession session) throws GeneralSecurityException {
        var keys = session.find(secretKey(ROOT), MOST);
        if (keys.size() != 1) {
            throw new GeneralSecurityException(
                    keys.isEmpty()
                            ? "the token was not set up; run: custodian-server hsm init"
                            : "the token has several root keys");
        }
        var root =
                session.sign(
                        Mechanism.of(Cryptoki.CKM_SHA256_HMAC),
                        keys.getFirst(),
                        ROOT_CONTEXT.getBytes(StandardCharsets.UTF_8));
        if (root.length != ROOT_SIZE) {
            throw new GeneralSecurityException("the root has the wrong length");
        }
        return Secret.owning(root);
    }

    /// The same of a root key that is not inside.
    static Secret root(Secret key) {
        return Secret.owning(
                Hkdf.hmac(key.expose(), ROOT_CONTEXT.getBytes(StandardCharsets.UTF_8)));
    }

    static void removeRoot(TokenSession session) throws Pkcs11Failure {
        for (long key : session.find(secretKey(ROOT), MOST)) {
            session.destroy(key);
        }
    }

    /// Why no key can be wrapped out of this token; empty when it can.
    String noWrapping() {
        return noWrapping;
    }

    /// The id of the key that new ones are wrapped under: the newest.
    String wrappingId() throws GeneralSecurityException {
        if (wrapping.isEmpty()) {
            throw new GeneralSecurityException(noWrapping);
        }
        return wrapping.getFirst().id();
    }

    /// The wrapping key with this id, the newest or a former one.
    long wrapping(String id) throws GeneralSecurityException {
        for (var one : wrapping) {
            if (one.id().equals(id)) {
                return one.handle();
            }
        }
        throw new GeneralSecurityException("there is no wrapping key " + id);
    }

    /// How many credentials' keys live in the token.
    int residents() {
        return resident.size();
    }

    /// The resident key with this id; one that another process made meanwhile is looked for.
    long resident(TokenSession session, Bytes id) throws GeneralSecurityException {
        var known = resident.get(id);
        if (known != null) {
            return known;
        }
        var wanted =
                Template.empty()
                        .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                        .with(Cryptoki.CKA_TOKEN, true)
                        .with(Cryptoki.CKA_ID, id.toArray());
        var found = session.find(wanted, MOST);
        if (found.size() != 1) {
            throw new GeneralSecurityException("the token does not have the key");
        }
        resident.put(id, found.getFirst());
        return found.getFirst();
    }

    void addResident(Bytes id, long key) {
        resident.put(id, key);
    }
}
