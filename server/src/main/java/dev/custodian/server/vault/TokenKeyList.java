package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.util.ArrayList;
import java.util.List;

/// The keys of a vault that rest in its token, for people to read.
public final class TokenKeyList {
    private static final int MOST = 200_000;
    private static final String NEWEST = "wrapping";
    private static final String FORMER = "former";

    private TokenKeyList() {}

    /// A key.
    ///
    /// @param kind `wrapping` for the one that new keys are wrapped under, `former`, `root` or
    ///   `resident`; `stranger` for a key that is named like a wrapping key and is none of the
    ///   vault's
    /// @param id CKA_ID in hexadecimal
    /// @param label of a resident key: the credential's id
    public record Entry(String kind, String id, String label) {
        /// Whether credentials' keys are wrapped under it.
        public boolean wraps() {
            return kind.equals(NEWEST) || kind.equals(FORMER);
        }
    }

    /// All of them, residents last.
    public static List<Entry> of(HsmConfig config, Secret user) throws Refused {
        var known = KnownKey.read(config.wrappingKey());
        try (var module = ConfiguredToken.load(config);
                var session = module.token(config.token()).open()) {
            session.login(User.USER, user);
            var keys = new ArrayList<Entry>();
            for (long key : session.find(TokenKeys.secretKey(TokenKeys.WRAPPING), MOST)) {
                keys.add(wrapping(session, key, known));
            }
            for (long key : session.find(TokenKeys.secretKey(TokenKeys.ROOT), MOST)) {
                keys.add(entry(session, key, "root"));
            }
            var all =
                    Template.empty()
                            .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                            .with(Cryptoki.CKA_TOKEN, true);
            for (long key : session.find(all, MOST)) {
                var entry = entry(session, key, "resident");
                if (entry.label().startsWith(Id.Kind.CREDENTIAL.prefix())) {
                    keys.add(entry);
                }
            }
            return keys;
        } catch (Pkcs11Failure e) {
            throw ConfiguredToken.refused(config, e);
        }
    }

    private static Entry wrapping(TokenSession session, long key, List<KnownKey> known)
            throws Pkcs11Failure {
        var entry = entry(session, key, "stranger");
        for (var one : known) {
            if (entry.id().equals(one.id()) && KeyProof.isOf(session, key, one)) {
                var kind = one.equals(known.getFirst()) ? NEWEST : FORMER;
                return new Entry(kind, entry.id(), entry.label());
            }
        }
        return entry;
    }

    private static Entry entry(TokenSession session, long key, String kind) throws Pkcs11Failure {
        return new Entry(
                kind,
                Bytes.of(session.get(key, Cryptoki.CKA_ID)).hex(),
                TokenKeys.label(session, key));
    }
}
