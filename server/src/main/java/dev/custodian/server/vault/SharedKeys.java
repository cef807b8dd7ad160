package dev.custodian.server.vault;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.User;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;

/// Keys of a vault that can be made a second time: they are derived from a seed that is split into
/// shares, and taken in by the token, so that they were outside of it for a moment.
public final class SharedKeys {
    private final Token token;
    private final HsmConfig config;
    private final Secret user;
    private final WrappingKeys keys;
    private final SecureRandom random;

    private SharedKeys(
            Token token, HsmConfig config, Secret user, Secret officer, SecureRandom random) {
        this.token = token;
        this.config = config;
        this.user = user;
        this.keys = new WrappingKeys(token, config, user, officer);
        this.random = random;
    }

    /// Shows the shares to people, once. They are wiped afterwards.
    public interface Display {
        void show(List<Share> shares) throws Refused;
    }

    /// Makes both keys of a new vault, and shows the shares of them. After an error there are none.
    public static void make(
            HsmConfig config,
            Secret user,
            Secret officer,
            Split split,
            SecureRandom random,
            Display display)
            throws Refused {
        if (!KnownKey.read(config.wrappingKey()).isEmpty()) {
            throw new Refused(
                    FailureKind.USAGE,
                    "--shares: the wrapping key was made already, see %s. Keys that a token made cannot be shared."
                            .formatted(config.wrappingKey()));
        }
        in(
                config,
                user,
                officer,
                random,
                shared -> {
                    shared.requireEmpty();
                    shared.makeBoth(split, display);
                });
    }

    /// Makes a new wrapping key, and shows its shares; the former ones stay, and the root key.
    ///
    /// @param former what the wrapping keys so far are known by, the newest first
    public static void rotate(
            HsmConfig config,
            Secret user,
            Secret officer,
            Split split,
            List<KnownKey> former,
            SecureRandom random,
            Display display)
            throws Refused {
        in(config, user, officer, random, shared -> shared.makeNext(split, former, display));
    }

    /// Makes all keys of a vault in a new token. After an error it has none of them.
    ///
    /// @param known what the wrapping keys are known by, the newest first
    /// @param sets complete ones, in the same order
    public static void restore(
            HsmConfig config,
            Secret user,
            Secret officer,
            List<KnownKey> known,
            List<ShareSet> sets,
            SecureRandom random)
            throws Refused {
        in(
                config,
                user,
                officer,
                random,
                shared -> {
                    shared.requireEmpty();
                    shared.makeAgain(known, sets);
                });
    }

    private interface Work {
        void with(SharedKeys shared) throws GeneralSecurityException, Refused, UnfitModuleException;
    }

    private static void in(
            HsmConfig config, Secret user, Secret officer, SecureRandom random, Work work)
            throws Refused {
        try (var module = ConfiguredToken.load(config)) {
            var token = module.token(config.token());
            var residentOnly = HsmSetup.unwrappable(token, config);
            if (!residentOnly.isEmpty()) {
                throw new UnfitModuleException(residentOnly);
            }
            var shared = new SharedKeys(token, config, user, officer, random);
            work.with(shared);
        } catch (UnfitModuleException e) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "vault.token \"%s\": its keys cannot come from shares: %s. Nothing was left in it."
                            .formatted(config.token(), e.why()));
        } catch (GeneralSecurityException e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    private void requireEmpty() throws Pkcs11Failure, Refused {
        try (var session = token.open()) {
            session.login(User.USER, user);
            boolean used = TokenKeys.hasRoot(session);
            session.logout();
            if (used) {
                throw new Refused(
                        FailureKind.USAGE,
                        "The token \"%s\" has the keys of a vault already. A new one is needed."
                                .formatted(config.token()));
            }
        }
    }

    private void makeBoth(Split split, Display display)
            throws GeneralSecurityException, Refused, UnfitModuleException {
        var id = HsmSetup.id(random);
        try (var seed = KeySeed.random(random);
                var wrapping = seed.wrapping()) {
            var known =
                    keys.make(
                            WrappingKeys.outside(id, wrapping),
                            HsmSetup.proof(id, config, split.toString()));
            try {
                makeRoot(seed);
                try {
                    show(seed, id, split, display);
                    known.create(config.wrappingKey());
                } catch (Refused | RuntimeException e) {
                    removeRoot();
                    throw e;
                }
            } catch (GeneralSecurityException | Refused | RuntimeException e) {
                keys.remove(known);
                throw e;
            }
        }
    }

    private void makeNext(Split split, List<KnownKey> former, Display display)
            throws GeneralSecurityException, Refused, UnfitModuleException {
        var id = HsmSetup.id(random);
        try (var seed = KeySeed.random(random);
                var wrapping = seed.wrapping()) {
            var known =
                    keys.make(
                            WrappingKeys.outside(id, wrapping),
                            HsmSetup.proof(id, config, split.toString()));
            keys.succeed(known, former, _ -> show(seed, id, split, display));
        }
    }

    private void show(KeySeed seed, String id, Split split, Display display) throws Refused {
        var shares = seed.shares(id, split, random);
        try {
            display.show(shares);
        } finally {
            shares.forEach(Share::close);
        }
    }

    /// A module that computes something else with the key it was given would lose every secret.
    private void makeRoot(KeySeed seed) throws GeneralSecurityException {
        try (var session = token.open();
                var value = seed.root()) {
            session.login(User.USER, user);
            long key = HsmSetup.takeRoot(session, value, random);
            try (var inside = TokenKeys.root(session);
                    var outside = TokenKeys.root(value)) {
                if (!inside.equals(outside)) {
                    throw new GeneralSecurityException("the token computes with another key");
                }
            } catch (GeneralSecurityException | RuntimeException e) {
                session.destroy(key);
                throw e;
            }
            session.logout();
        }
    }

    private void removeRoot() throws Refused {
        try (var session = token.open()) {
            session.login(User.USER, user);
            TokenKeys.removeRoot(session);
            session.logout();
        } catch (Pkcs11Failure e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    /// The root key came with the first wrapping key, and so with its shares.
    private void makeAgain(List<KnownKey> known, List<ShareSet> sets)
            throws GeneralSecurityException, Refused, UnfitModuleException {
        var made = new ArrayDeque<KnownKey>();
        try {
            for (int i = 0; i < known.size(); i++) {
                var one = known.get(i);
                try (var seed = sets.get(i).seed();
                        var wrapping = seed.wrapping()) {
                    made.push(
                            keys.make(
                                    WrappingKeys.outside(one.id(), wrapping),
                                    (session, key) -> same(KeyProof.isOf(session, key, one), one)));
                }
            }
            try (var seed = sets.getLast().seed()) {
                makeRoot(seed);
            }
        } catch (GeneralSecurityException | Refused | UnfitModuleException | RuntimeException e) {
            for (var one : made) {
                keys.remove(one);
            }
            throw e;
        }
    }

    private KnownKey same(boolean same, KnownKey known) throws Refused {
        if (!same) {
            throw new Refused(
                    FailureKind.USAGE,
                    "The shares of set %s do not give the key that %s tells of: one of them is not genuine, or that file is of another vault. Nothing was left in the token."
                            .formatted(Share.set(known.id()), config.wrappingKey()));
        }
        return known;
    }
}
