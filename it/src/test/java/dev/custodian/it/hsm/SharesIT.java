package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Base32;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Share;
import dev.custodian.server.vault.ShareSet;
import dev.custodian.server.vault.SharedKeys;
import dev.custodian.server.vault.Split;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The drill: the keys of a vault over SoftHSM are renewed, and made again in a second token, from
/// two of three shares.
class SharesIT extends VaultRig {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Split SPLIT = new Split(2, 3);
    private static final int HEAD = 8;
    private static final int CHECKED = 40;

    private final List<String> shares = new ArrayList<>();
    private @Nullable Scene scene;

    private record Scene(Hsm hsm, Pkcs11Module module) {}

    @Override
    Vault open(Path folder) throws Exception {
        var hsm = Hsm.softHsm(folder);
        scene = new Scene(hsm, hsm.load());
        make(first(), given -> given.forEach(one -> shares.add(new String(one.text()))));
        return Pkcs11Vault.open(first(), hsm.userPin(), random);
    }

    @AfterAll
    void finish() {
        scene().module.close();
    }

    private Scene scene() {
        return Objects.requireNonNull(scene);
    }

    /// The second managed key finds the token full, and leaves it wrapped.
    private HsmConfig first() {
        return scene().hsm.config("vault", 1);
    }

    /// The same vault in the other token.
    private HsmConfig second() {
        var first = first();
        return new HsmConfig(
                first.module(),
                "another",
                first.pin(),
                first.mechanism(),
                first.wrappingKey(),
                first.sessions(),
                first.waitSeconds(),
                first.answerSeconds(),
                0,
                first.reserved());
    }

    private void make(HsmConfig config, SharedKeys.Display display) throws Exception {
        try (var user = scene().hsm.userPin();
                var officer = scene().hsm.officer()) {
            SharedKeys.make(config, user, officer, SPLIT, random, display);
        }
    }

    /// From here on keys are wrapped under another key, which has shares of its own.
    private List<String> rotate() throws Exception {
        vault.close();
        var next = new ArrayList<String>();
        try (var user = scene().hsm.userPin();
                var officer = scene().hsm.officer()) {
            SharedKeys.rotate(
                    first(),
                    user,
                    officer,
                    SPLIT,
                    KnownKey.read(first().wrappingKey()),
                    random,
                    given -> given.forEach(one -> next.add(new String(one.text()))));
        }
        vault = Pkcs11Vault.open(first(), scene().hsm.userPin(), random);
        return next;
    }

    /// From two shares of each set, those of the newest first.
    private void restore(HsmConfig config, String... texts) throws Exception {
        var known = KnownKey.read(config.wrappingKey());
        var sets = new ArrayList<ShareSet>();
        try (var user = scene().hsm.userPin();
                var officer = scene().hsm.officer()) {
            for (int i = 0; i < texts.length; i += 2) {
                var set = new ShareSet(known.get(sets.size()).id(), SPLIT);
                set.add(Share.parse(texts[i].toCharArray()));
                set.add(Share.parse(texts[i + 1].toCharArray()));
                assertThat(set.isComplete()).isTrue();
                sets.add(set);
            }
            SharedKeys.restore(config, user, officer, known, sets, random);
        } finally {
            sets.forEach(ShareSet::close);
        }
    }

    private int objectsOfTheSecond() throws Exception {
        try (var session = scene().module.token("another").open();
                var pin = scene().hsm.userPin()) {
            session.login(User.USER, pin);
            int count = session.find(Template.empty(), 1000).size();
            session.logout();
            return count;
        }
    }

    /// The same share with another value, and the check made anew.
    private static String forged(String share) throws Exception {
        var text = share.replace("-", "").toLowerCase(Locale.ROOT);
        var octets = Base32.decode(text, 45).toArray();
        octets[HEAD] ^= 1;
        var check =
                Hkdf.hmac(
                        Bytes.utf8("custodian/vault/share/1").toArray(),
                        Arrays.copyOf(octets, CHECKED));
        System.arraycopy(check, 0, octets, CHECKED, octets.length - CHECKED);
        return Base32.encode(Bytes.of(octets));
    }

    @Test
    void secondTokenSignsWithTheSameRows() throws Exception {
        assertThat(shares).hasSize(3);
        assertThat(KnownKey.read(first().wrappingKey()).getFirst().shares()).isEqualTo("2/3");
        var resident = make(KeyAlgorithm.P256, Custody.MANAGED).key();
        var managed = make(KeyAlgorithm.RSA_2048, Custody.MANAGED).key();
        var sealed = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        assertThat(List.of(resident.mechanism(), managed.mechanism(), sealed.mechanism()))
                .containsExactly("resident", "AES_KEY_WRAP_PAD", "AES_KEY_WRAP_PAD");
        var next = rotate();
        var newer = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        assertThat(newer.keyId()).isNotEqualTo(sealed.keyId());
        assertThat(vault.renew(sealed, Custody.OWNER_SEALED)).isSameAs(sealed);
        for (var key : List.of(resident, sealed, newer)) {
            assertThat(sign(key, ECDSA, "word")).hasSize(1);
        }
        var context = Bytes.utf8("pepper");
        Bytes pepper;
        try (var secret = Hsm.secret("word")) {
            pepper = vault.wrap(context, secret);
        }

        nothingIsLeftOf(
                () ->
                        restore(
                                second(),
                                next.get(0),
                                next.get(1),
                                shares.get(0),
                                forged(shares.get(1))),
                "not genuine");
        nothingIsLeftOf(
                () ->
                        make(
                                scene().hsm.config("another", 0),
                                _ -> {
                                    throw new Refused(FailureKind.USAGE, "nobody looks");
                                }),
                "nobody looks");
        assertThat(scene().hsm.config("another", 0).wrappingKey()).doesNotExist();
        assertThatThrownBy(
                        () ->
                                restore(
                                        first(),
                                        next.get(0),
                                        next.get(1),
                                        shares.get(0),
                                        shares.get(1)))
                .hasMessageContaining("has the keys of a vault already");

        restore(second(), next.get(0), next.get(2), shares.get(2), shares.get(0));
        var ours = vault;
        try (var again = Pkcs11Vault.open(second(), scene().hsm.userPin(), random);
                Secret secret = again.unwrap(context, pepper)) {
            assertThat(secret.expose()).asString().isEqualTo("word");
            vault = again;
            for (var key : List.of(sealed, newer)) {
                var signature = sign(key, ECDSA, "word").getFirst();
                assertThat(verifies(key, ECDSA, signature, "word")).isTrue();
            }
            var pss = SignatureScheme.of(Scheme.RSA_PSS_SHA256);
            assertThat(verifies(managed, pss, sign(managed, pss, "word").getFirst(), "word"))
                    .isTrue();
            refused(() -> sign(resident, ECDSA, "word"));
            var made = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
            vault = ours;
            // The refused restoring logged its sessions out.
            var signed = useAtLast(approved(made, ECDSA, "word"));
            assertThat(signed).as("by the first token").hasSize(1);
        } finally {
            vault = ours;
        }
    }

    private interface Work {
        void go() throws Exception;
    }

    private void nothingIsLeftOf(Work work, String said) throws Exception {
        assertThatThrownBy(work::go).isInstanceOf(Refused.class).hasMessageContaining(said);
        assertThat(objectsOfTheSecond()).isZero();
    }
}
