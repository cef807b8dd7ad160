package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Makes the keys of a vault in a token. What is there already is left as it is.
public final class HsmSetup {
    private static final int ID_SIZE = 16;
    private static final long KEY_SIZE = 32;

    private HsmSetup() {}

    /// Makes the root key as the user, and the wrapping key as the security officer.
    ///
    /// @param officer the security officer's PIN; without it no wrapping key is made
    /// @return why keys can only be resident; empty when they can be wrapped
    public static String make(
            HsmConfig config, Secret user, @Nullable Secret officer, SecureRandom random)
            throws Refused {
        try (var module = ConfiguredToken.load(config)) {
            var token = module.token(config.token());
            var residentOnly = unwrappable(token, config);
            if (residentOnly.isEmpty()) {
                residentOnly = wrapping(token, config, user, officer, random);
            }
            makeRoot(token, user, random);
            return residentOnly;
        } catch (GeneralSecurityException e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    /// Why the module wraps no keys; refused when it would in the way that was not chosen.
    private static String unwrappable(Token token, HsmConfig config) throws Pkcs11Failure, Refused {
        var offered = token.mechanisms();
        if (offered.contains(TokenKeys.ckm(config.mechanism()))) {
            return "";
        }
        for (var other : WrappingMechanism.values()) {
            if (offered.contains(TokenKeys.ckm(other))) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG,
                        "vault.mechanism: the module does not have %s. It has %s, which has to be chosen."
                                .formatted(config.mechanism(), other));
            }
        }
        return "the module wraps no keys by a mechanism that notices changes";
    }

    /// Has a wrapping key: the one that is known, or a new one. One that merely lies in the token
    /// may be anybody's.
    private static String wrapping(
            Token token,
            HsmConfig config,
            Secret user,
            @Nullable Secret officer,
            SecureRandom random)
            throws GeneralSecurityException, Refused {
        var known = KnownKey.read(config.wrappingKey());
        if (known != null) {
            try (var session = token.open()) {
                session.login(User.USER, user);
                long _ = TokenKeys.wrappingKey(session, known);
                session.logout();
                return "";
            }
        }
        if (officer == null) {
            return "no --officer-pin-file was given";
        }
        return makeWrapping(token, config, user, officer, id(random));
    }

    /// The officer alone can make a trusted key. Whoever has the user's PIN, and a blob, could
    /// unwrap that as extractable if the template were not: both are needed.
    private static String makeWrapping(
            Token token, HsmConfig config, Secret user, Secret officer, byte[] id)
            throws GeneralSecurityException, Refused {
        try (var session = token.open()) {
            try {
                session.login(User.OFFICER, officer);
            } catch (Pkcs11Failure e) {
                if (e.rv() == Cryptoki.CKR_USER_TYPE_INVALID) {
                    return "the module has no security officer: " + e.getMessage();
                }
                throw e;
            }
            long key;
            try {
                key = session.generateKey(Mechanism.of(Cryptoki.CKM_AES_KEY_GEN), wrappingKey(id));
            } catch (Pkcs11Failure e) {
                if (e.lost()) {
                    throw e;
                }
                return "the module makes no trusted key with an unwrap template: " + e.getMessage();
            } finally {
                session.logout();
            }
            return keep(token, session, config, user, key, Bytes.of(id).hex());
        }
    }

    /// Plays the thief before the first key is wrapped, and writes down what the key is known by. A
    /// wrapping key that does not withstand him is destroyed.
    ///
    /// @return how he got what was wrapped; empty when he did not
    private static String keep(
            Token token, TokenSession session, HsmConfig config, Secret user, long key, String id)
            throws GeneralSecurityException, Refused {
        session.login(User.USER, user);
        KnownKey known;
        try {
            known = KeyProof.make(session, key, id, config.mechanism());
        } catch (Pkcs11Failure e) {
            if (e.lost()) {
                throw e;
            }
            session.destroy(key);
            return "the module does not wrap a secret: " + e.getMessage();
        }
        session.logout();
        var stolen = HsmCheck.stolen(token, session, config, user, known);
        if (stolen.isEmpty()) {
            known.create(config.wrappingKey());
        } else {
            session.login(User.USER, user);
            session.destroy(key);
        }
        return stolen;
    }

    private static Template wrappingKey(byte[] id) {
        return TokenKeys.secretKey(TokenKeys.WRAPPING)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_AES)
                .with(Cryptoki.CKA_VALUE_LEN, KEY_SIZE)
                .with(Cryptoki.CKA_ID, id)
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

    private static void makeRoot(Token token, Secret user, SecureRandom random)
            throws Pkcs11Failure {
        try (var session = token.open()) {
            session.login(User.USER, user);
            if (TokenKeys.hasRoot(session)) {
                return;
            }
            long _ =
                    session.generateKey(
                            Mechanism.of(Cryptoki.CKM_GENERIC_SECRET_KEY_GEN),
                            TokenKeys.secretKey(TokenKeys.ROOT)
                                    .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_GENERIC_SECRET)
                                    .with(Cryptoki.CKA_VALUE_LEN, KEY_SIZE)
                                    .with(Cryptoki.CKA_ID, id(random))
                                    .with(Cryptoki.CKA_PRIVATE, true)
                                    .with(Cryptoki.CKA_SENSITIVE, true)
                                    .with(Cryptoki.CKA_EXTRACTABLE, false)
                                    .with(Cryptoki.CKA_SIGN, true));
        }
    }

    private static byte[] id(SecureRandom random) {
        var id = new byte[ID_SIZE];
        random.nextBytes(id);
        return id;
    }
}
