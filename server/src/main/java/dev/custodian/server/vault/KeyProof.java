package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/// Tells a wrapping key from every other one, whatever that says of itself. A secret that the token
/// made left it under the key; whatever brings the same secret back is the same key. Another key
/// that does is as hard to find as the key itself.
final class KeyProof {
    private static final String TEXT = "custodian/vault/wrapping-key/1";
    private static final long SECRET_SIZE = 32;

    /// What some modules say of a blob that another key made, as if they had broken down.
    private static final Set<Long> REFUSALS =
            Set.of(Cryptoki.CKR_GENERAL_ERROR, Cryptoki.CKR_DEVICE_ERROR);

    private KeyProof() {}

    /// Takes down what the key is to be known by.
    ///
    /// @param session with the user logged in
    /// @param shares as in [KnownKey]
    static KnownKey make(
            TokenSession session, long key, String id, WrappingMechanism mechanism, String shares)
            throws Pkcs11Failure {
        long secret =
                session.generateKey(
                        Mechanism.of(Cryptoki.CKM_GENERIC_SECRET_KEY_GEN),
                        secret().with(Cryptoki.CKA_VALUE_LEN, SECRET_SIZE)
                                .with(Cryptoki.CKA_EXTRACTABLE, true)
                                .with(Cryptoki.CKA_WRAP_WITH_TRUSTED, true));
        var wrapped = session.wrap(how(mechanism), key, secret);
        var answer = answer(session, secret);
        session.destroy(secret);
        return new KnownKey(id, mechanism, Bytes.of(wrapped), Bytes.of(answer), shares);
    }

    /// Whether this is the key.
    static boolean isOf(TokenSession session, long key, KnownKey known) throws Pkcs11Failure {
        long secret;
        try {
            secret =
                    session.unwrap(
                            how(known.mechanism()),
                            key,
                            known.wrapped().toArray(),
                            secret().with(Cryptoki.CKA_EXTRACTABLE, false));
        } catch (Pkcs11Failure e) {
            if (e.lost() && !REFUSALS.contains(e.rv())) {
                throw e;
            }
            return false;
        }
        try {
            return MessageDigest.isEqual(answer(session, secret), known.answer().toArray());
        } finally {
            session.destroy(secret);
        }
    }

    private static Template secret() {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_GENERIC_SECRET)
                .with(Cryptoki.CKA_TOKEN, false)
                .with(Cryptoki.CKA_PRIVATE, true)
                .with(Cryptoki.CKA_SENSITIVE, true)
                .with(Cryptoki.CKA_SIGN, true);
    }

    private static byte[] answer(TokenSession session, long secret) throws Pkcs11Failure {
        return session.sign(
                Mechanism.of(Cryptoki.CKM_SHA256_HMAC),
                secret,
                TEXT.getBytes(StandardCharsets.UTF_8));
    }

    private static Mechanism how(WrappingMechanism mechanism) {
        return Mechanism.of(TokenKeys.ckm(mechanism));
    }
}
