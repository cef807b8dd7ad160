package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.security.GeneralSecurityException;
import java.util.List;

/// Has the security officer make wrapping keys, and plays the thief before the first key is wrapped
/// by one. The officer alone can make a trusted key. Whoever has the user's PIN, and a blob, could
/// unwrap that as extractable if the template were not: both are needed.
final class WrappingKeys {
    static final long KEY_SIZE = 32;

    private final Token token;
    private final HsmConfig config;
    private final Secret user;
    private final Secret officer;

    WrappingKeys(Token token, HsmConfig config, Secret user, Secret officer) {
        this.token = token;
        this.config = config;
        this.user = user;
        this.officer = officer;
    }

    /// Brings a wrapping key into the token.
    interface Source {
        long into(TokenSession session) throws Pkcs11Failure;
    }

    /// What a key that was just made is known by.
    interface Proof {
        /// Takes it down, in a session with the user logged in.
        KnownKey of(TokenSession session, long key) throws GeneralSecurityException, Refused;
    }

    /// Made inside; nobody knows it.
    ///
    /// @param id CKA_ID in hexadecimal
    static Source inside(String id) {
        return session ->
                session.generateKey(
                        Mechanism.of(Cryptoki.CKM_AES_KEY_GEN),
                        template(id).with(Cryptoki.CKA_VALUE_LEN, KEY_SIZE));
    }

    /// Taken in.
    static Source outside(String id, Secret value) {
        return session -> session.create(template(id).with(Cryptoki.CKA_VALUE, value));
    }

    /// A key that the thief does not get the better of. After any error there is none.
    KnownKey make(Source source, Proof proof)
            throws GeneralSecurityException, Refused, UnfitModuleException {
        try (var session = token.open()) {
            long key = officersKey(session, source);
            try {
                session.login(User.USER, user);
                var known = known(session, key, proof);
                session.logout();
                var stolen = HsmCheck.stolen(token, session, config, user, known);
                if (!stolen.isEmpty()) {
                    throw new UnfitModuleException(stolen);
                }
                return known;
            } catch (GeneralSecurityException
                    | Refused
                    | UnfitModuleException
                    | RuntimeException e) {
                destroy(session, key, e);
                throw e;
            }
        }
    }

    private void destroy(TokenSession session, long key, Exception because) {
        try {
            session.login(User.USER, user);
            session.destroy(key);
        } catch (Pkcs11Failure e) {
            because.addSuppressed(e);
        }
    }

    /// Something to be done before a new key is the newest.
    interface Before {
        void done(KnownKey known) throws Refused;
    }

    /// Has a new key be the newest, or takes it out of the token again.
    void succeed(KnownKey known, List<KnownKey> former, Before before)
            throws GeneralSecurityException, Refused {
        try {
            before.done(known);
            known.succeed(config.wrappingKey(), former);
        } catch (Refused | RuntimeException e) {
            remove(known);
            throw e;
        }
    }

    /// Takes a wrapping key out of the token again.
    void remove(KnownKey known) throws GeneralSecurityException {
        try (var session = token.open()) {
            session.login(User.USER, user);
            session.destroy(TokenKeys.wrappingKey(session, known));
            session.logout();
        }
    }

    private long officersKey(TokenSession session, Source source)
            throws Pkcs11Failure, UnfitModuleException {
        try {
            session.login(User.OFFICER, officer);
        } catch (Pkcs11Failure e) {
            if (e.rv() == Cryptoki.CKR_USER_TYPE_INVALID) {
                throw new UnfitModuleException(
                        "the module has no security officer: " + e.getMessage());
            }
            throw e;
        }
        try {
            return source.into(session);
        } catch (Pkcs11Failure e) {
            if (e.lost()) {
                throw e;
            }
            throw new UnfitModuleException(
                    "the module makes no trusted key with an unwrap template: " + e.getMessage());
        } finally {
            session.logout();
        }
    }

    private static KnownKey known(TokenSession session, long key, Proof proof)
            throws GeneralSecurityException, Refused, UnfitModuleException {
        try {
            return proof.of(session, key);
        } catch (Pkcs11Failure e) {
            if (e.lost()) {
                throw e;
            }
            throw new UnfitModuleException("the module does not wrap a secret: " + e.getMessage());
        }
    }

    private static Template template(String id) {
        return TokenKeys.secretKey(TokenKeys.WRAPPING)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_AES)
                .with(Cryptoki.CKA_ID, Bytes.fromHex(id).toArray())
                // the officer can make no other
                .with(Cryptoki.CKA_PRIVATE, false)
                .with(Cryptoki.CKA_TRUSTED, true)
                .with(Cryptoki.CKA_SENSITIVE, true)
                .with(Cryptoki.CKA_EXTRACTABLE, false)
                .with(Cryptoki.CKA_MODIFIABLE, false)
                .with(Cryptoki.CKA_COPYABLE, false)
                .with(Cryptoki.CKA_WRAP, true)
                .with(Cryptoki.CKA_UNWRAP, true)
                .with(Cryptoki.CKA_ENCRYPT, false)
                .with(Cryptoki.CKA_DECRYPT, false)
                .with(Cryptoki.CKA_SIGN, false)
                .with(Cryptoki.CKA_VERIFY, false)
                .with(Cryptoki.CKA_DERIVE, false)
                .with(
                        Cryptoki.CKA_UNWRAP_TEMPLATE,
                        Template.empty()
                                // who is not logged in takes in nothing that is private
                                .with(Cryptoki.CKA_PRIVATE, true)
                                .with(Cryptoki.CKA_EXTRACTABLE, false)
                                .with(Cryptoki.CKA_SENSITIVE, true));
    }
}
