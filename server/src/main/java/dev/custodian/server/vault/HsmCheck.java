package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.Finding.Outcome;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tries what a token can do, and what a thief with its user's PIN can, by keys of its own that are
/// gone afterwards.
public final class HsmCheck {
    private static final String LABEL = "custodian check";
    private static final Bytes WORD = Hashes.sha256(Bytes.utf8(LABEL));
    private static final List<KeyAlgorithm> ALGORITHMS =
            List.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521);

    private static final Template INSIDE =
            Template.empty()
                    .with(Cryptoki.CKA_TOKEN, true)
                    .with(Cryptoki.CKA_EXTRACTABLE, false)
                    .with(Cryptoki.CKA_LABEL, LABEL);

    private static final Template TO_BE_WRAPPED =
            Template.empty()
                    .with(Cryptoki.CKA_TOKEN, false)
                    .with(Cryptoki.CKA_EXTRACTABLE, true)
                    .with(Cryptoki.CKA_WRAP_WITH_TRUSTED, true);

    private final Token token;
    private final TokenSession session;
    private final HsmConfig config;
    private final Secret user;
    private final @Nullable KnownKey known;

    /// @param session with nobody logged in
    /// @param known what the wrapping key is known by; null where there is none
    private HsmCheck(
            Token token,
            TokenSession session,
            HsmConfig config,
            Secret user,
            @Nullable KnownKey known) {
        this.token = token;
        this.session = session;
        this.config = config;
        this.user = user;
        this.known = known;
    }

    /// What a check found.
    ///
    /// @param token its label, manufacturer and model
    /// @param skills what it can do
    /// @param thefts what a thief tried
    /// @param residentOnly why keys can only be resident; empty when they can be wrapped
    public record Report(
            String token, List<Finding> skills, List<Finding> thefts, String residentOnly) {
        /// Whether a thief got anything.
        public boolean isStolen() {
            return thefts.stream().anyMatch(HsmCheck::isStolen);
        }
    }

    /// Checks the token that the configuration names. A step that the module does not come back
    /// from is named in the refusal, and nothing is tried after it.
    public static Report run(HsmConfig config, Secret user) throws Refused {
        var all = KnownKey.read(config.wrappingKey());
        var known = all.isEmpty() ? null : all.getFirst();
        try (var places = new Places(1, Hsm.answer(config));
                var place = places.enter()) {
            var steps = new Steps(place, config);
            var module = steps.soon("load the module", () -> ConfiguredToken.load(config));
            TokenSession session = null;
            try {
                var token = steps.soon("find the token", () -> module.token(config.token()));
                session = steps.soon("open a session", token::open);
                return new HsmCheck(token, session, config, user, known).report(steps);
            } finally {
                // Also after an early failure: a module stays initialised, and its library locked.
                if (!steps.isStuck()) {
                    var last = session;
                    steps.soon("end", () -> end(module, last));
                }
            }
        } catch (GeneralSecurityException e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    private static boolean end(Pkcs11Module module, @Nullable TokenSession session)
            throws Pkcs11Failure {
        try (module;
                session) {
            if (session != null) {
                session.logout();
            }
        }
        return true;
    }

    /// Takes steps that the module may not come back from.
    private static final class Steps {
        private final Places.Place place;
        private final HsmConfig config;
        private boolean stuck;

        private Steps(Places.Place place, HsmConfig config) {
            this.place = place;
            this.config = config;
        }

        private <T> T soon(String what, Places.Errand<T> errand) throws GeneralSecurityException {
            return within(Hsm.answer(config), what, errand);
        }

        /// A step that makes keys.
        private <T> T atLast(String what, Places.Errand<T> errand) throws GeneralSecurityException {
            return within(Hsm.making(config), what, errand);
        }

        private <T> T within(Duration limit, String what, Places.Errand<T> errand)
                throws GeneralSecurityException {
            try {
                return place.send(errand, limit);
            } catch (Places.SilentException e) {
                stuck = true;
                throw new GeneralSecurityException(
                        what + ": the module gave no answer for " + limit.toSeconds() + " s", e);
            }
        }

        private boolean isStuck() {
            return stuck;
        }
    }

    /// How a thief gets keys that were wrapped; empty when he does not.
    static String stolen(
            Token token, TokenSession session, HsmConfig config, Secret user, KnownKey known)
            throws GeneralSecurityException {
        var check = new HsmCheck(token, session, config, user, known);
        session.login(User.USER, user);
        try {
            var thief = Thief.with(session, token.mechanisms());
            return reason(check.wrapped(thief));
        } finally {
            session.logout();
        }
    }

    private static boolean isStolen(Finding finding) {
        return finding.outcome() == Outcome.STOLEN;
    }

    private static String reason(List<Finding> findings) {
        return findings.stream()
                .filter(one -> one.outcome() != Outcome.REFUSED)
                .findFirst()
                .map(one -> one.tried() + ": " + one.said())
                .orElse("");
    }

    private Report report(Steps steps) throws GeneralSecurityException {
        steps.soon("log in", this::login);
        var skills = new ArrayList<Finding>();
        for (var algorithm : ALGORITHMS) {
            var what = "make and sign: " + algorithm.display();
            skills.add(steps.atLast(what, () -> skill(what, () -> signs(algorithm))));
        }
        var secrets = "secrets of the server: HMAC-SHA-256";
        skills.add(steps.soon(secrets, () -> skill(secrets, this::macs)));
        for (var algorithm : ALGORITHMS) {
            var what = "wrap and unwrap: " + algorithm.display();
            skills.add(steps.atLast(what, () -> skill(what, () -> wraps(algorithm))));
        }
        var thief = steps.soon("prepare", () -> Thief.with(session, token.mechanisms()));
        var thefts = new ArrayList<>(steps.atLast("steal a resident key", () -> resident(thief)));
        var wrapped = steps.atLast("steal a wrapped key", () -> wrapped(thief));
        thefts.addAll(wrapped);
        var name = "%s (%s, %s)".formatted(token.label(), token.manufacturer(), token.model());
        return new Report(name, skills, thefts, reason(wrapped));
    }

    private boolean login() throws Pkcs11Failure {
        session.login(User.USER, user);
        return true;
    }

    private interface Skill {
        void show() throws GeneralSecurityException;
    }

    private static Finding skill(String what, Skill skill) throws Pkcs11Failure {
        try {
            skill.show();
            return new Finding(what, Outcome.WORKS, "");
        } catch (Pkcs11Failure e) {
            if (e.lost()) {
                throw e;
            }
            return Finding.of(what, Outcome.NOT_OFFERED, e);
        } catch (GeneralSecurityException e) {
            return Finding.of(what, Outcome.NOT_OFFERED, e);
        }
    }

    private void signs(KeyAlgorithm algorithm) throws GeneralSecurityException {
        var made = TokenKeyPairs.generate(session, algorithm, INSIDE);
        try {
            signAll(algorithm, made.privateKey(), made.spki());
        } finally {
            session.destroy(made.privateKey());
        }
    }

    /// Every scheme that fits the key, each signature verified.
    private void signAll(KeyAlgorithm algorithm, long key, Bytes spki)
            throws GeneralSecurityException {
        var publicKey = VerifyingKey.of(PublicKeys.parse(algorithm, spki));
        var signing = new TokenSigning(session, key, algorithm, publicKey);
        for (var scheme : Scheme.values()) {
            var how = SignatureScheme.of(scheme);
            if (how.fits(algorithm)) {
                var _ = signing.sign(how, digest(scheme.hash()));
            }
        }
    }

    private static Bytes digest(HashAlgorithm hash) {
        return Bytes.of(Arrays.copyOf(WORD.toArray(), hash.length()));
    }

    private void macs() throws GeneralSecurityException {
        long key =
                session.generateKey(
                        Mechanism.of(Cryptoki.CKM_GENERIC_SECRET_KEY_GEN),
                        Template.empty()
                                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                                .with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_GENERIC_SECRET)
                                .with(Cryptoki.CKA_VALUE_LEN, 32)
                                .with(Cryptoki.CKA_TOKEN, false)
                                .with(Cryptoki.CKA_SENSITIVE, true)
                                .with(Cryptoki.CKA_EXTRACTABLE, false)
                                .with(Cryptoki.CKA_SIGN, true));
        var mac = session.sign(Mechanism.of(Cryptoki.CKM_SHA256_HMAC), key, WORD.toArray());
        session.destroy(key);
        if (mac.length != HashAlgorithm.SHA256.length()) {
            throw new GeneralSecurityException("the HSM made a MAC of the wrong length");
        }
    }

    /// Under the vault's own wrapping key.
    private void wraps(KeyAlgorithm algorithm) throws GeneralSecurityException {
        long wrapping = TokenKeys.wrappingKey(session, known());
        var made = TokenKeyPairs.generate(session, algorithm, TO_BE_WRAPPED);
        byte[] blob;
        try {
            blob = session.wrap(how(), wrapping, made.privateKey());
        } finally {
            session.destroy(made.privateKey());
        }
        long back = session.unwrap(how(), wrapping, blob, TokenKeyPairs.unwrapped(algorithm));
        try {
            signAll(algorithm, back, made.spki());
        } finally {
            session.destroy(back);
        }
    }

    private KnownKey known() throws GeneralSecurityException {
        if (known == null) {
            throw new GeneralSecurityException("hsm init made no wrapping key");
        }
        return known;
    }

    private Mechanism how() {
        return Mechanism.of(TokenKeys.ckm(config.mechanism()));
    }

    private List<Finding> resident(Thief thief) throws GeneralSecurityException {
        long key = TokenKeyPairs.generate(session, KeyAlgorithm.RSA_2048, INSIDE).privateKey();
        try {
            return thief.atResident(key);
        } finally {
            session.destroy(key);
        }
    }

    /// At keys that leave wrapped, with the PIN and without; the user is logged in afterwards.
    private List<Finding> wrapped(Thief thief) throws GeneralSecurityException {
        long wrapping;
        long key;
        byte[] blob;
        try {
            wrapping = TokenKeys.wrappingKey(session, known());
            key =
                    TokenKeyPairs.generate(session, KeyAlgorithm.RSA_2048, TO_BE_WRAPPED)
                            .privateKey();
            blob = session.wrap(how(), wrapping, key);
        } catch (GeneralSecurityException e) {
            return List.of(Finding.of("wrap keys", Outcome.NOT_OFFERED, e));
        }
        var findings = new ArrayList<>(thief.atWrapped(wrapping, how(), key, blob, known()));
        findings.add(thief.changes(wrapping, how(), blob));
        session.destroy(key);
        session.logout();
        try {
            findings.addAll(thief.atBlob(wrapping, how(), blob, false, "without the PIN: "));
        } finally {
            session.login(User.USER, user);
        }
        return findings;
    }
}
