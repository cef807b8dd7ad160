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
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the keys of a vault in a token. What is there already is left as it is.
public final class HsmSetup {
    private static final int ID_SIZE = 16;

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
    static String unwrappable(Token token, HsmConfig config) throws Pkcs11Failure, Refused {
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

    /// Has a wrapping key: those that are known, or a new one. One that merely lies in the token
    /// may be anybody's.
    private static String wrapping(
            Token token,
            HsmConfig config,
            Secret user,
            @Nullable Secret officer,
            SecureRandom random)
            throws GeneralSecurityException, Refused {
        var known = KnownKey.read(config.wrappingKey());
        if (!known.isEmpty()) {
            try (var session = token.open()) {
                session.login(User.USER, user);
                for (var one : known) {
                    long _ = TokenKeys.wrappingKey(session, one);
                }
                session.logout();
                return "";
            }
        }
        if (officer == null) {
            return "no --officer-pin-file was given";
        }
        var id = id(random);
        try {
            new WrappingKeys(token, config, user, officer)
                    .make(WrappingKeys.inside(id), proof(id, config, ""))
                    .create(config.wrappingKey());
            return "";
        } catch (UnfitModuleException e) {
            return e.why();
        }
    }

    /// Makes a new wrapping key, inside; the former ones stay.
    ///
    /// @param former what the wrapping keys so far are known by, the newest first
    public static void rotate(
            HsmConfig config,
            Secret user,
            Secret officer,
            List<KnownKey> former,
            SecureRandom random)
            throws Refused {
        try (var module = ConfiguredToken.load(config)) {
            var id = id(random);
            var keys = new WrappingKeys(module.token(config.token()), config, user, officer);
            keys.succeed(
                    keys.make(WrappingKeys.inside(id), proof(id, config, "")), former, _ -> {});
        } catch (UnfitModuleException e) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "vault.token \"%s\": %s.".formatted(config.token(), e.why()));
        } catch (GeneralSecurityException e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    /// @param shares as in [KnownKey]
    static WrappingKeys.Proof proof(String id, HsmConfig config, String shares) {
        return (session, key) -> KeyProof.make(session, key, id, config.mechanism(), shares);
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
                            root(random).with(Cryptoki.CKA_VALUE_LEN, WrappingKeys.KEY_SIZE));
        }
    }

    /// Takes a root key in.
    ///
    /// @param session with the user logged in
    static long takeRoot(TokenSession session, Secret value, SecureRandom random)
            throws Pkcs11Failure {
        return session.create(root(random).with(Cryptoki.CKA_VALUE, value));
    }

    private static Template root(SecureRandom random) {
        return TokenKeys.secretKey(TokenKeys.ROOT)
                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_GENERIC_SECRET)
                .with(Cryptoki.CKA_ID, Bytes.fromHex(id(random)).toArray())
                .with(Cryptoki.CKA_PRIVATE, true)
                .with(Cryptoki.CKA_SENSITIVE, true)
                .with(Cryptoki.CKA_EXTRACTABLE, false)
                .with(Cryptoki.CKA_SIGN, true);
    }

    /// A new CKA_ID in hexadecimal.
    static String id(SecureRandom random) {
        var id = new byte[ID_SIZE];
        random.nextBytes(id);
        return Bytes.of(id).hex();
    }
}
