package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Succession;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The vault over a module of others: what an owner seals is wrapped, what the operator manages is
/// resident.
abstract class TokenVaultContract extends VaultContract {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);

    /// Its module was initialised before the vault joins, and is finalised when the test says so.
    private @Nullable Scene scene;

    private record Scene(Path folder, Hsm hsm, Pkcs11Module module) {}

    /// Makes a token, and another one with the label `another`.
    abstract Hsm token(Path folder) throws Exception;

    @Override
    Vault open(Path folder) throws Exception {
        var made = token(folder);
        scene = new Scene(folder, made, made.load());
        assertThatThrownBy(() -> open(config(made.label(), 1_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("run: custodian-server hsm init");
        setUp(made.label());
        return open(config(made.label(), 1_000));
    }

    @AfterAll
    void finish() {
        scene().module.close();
    }

    private Scene scene() {
        return Objects.requireNonNull(scene);
    }

    Hsm hsm() {
        return scene().hsm;
    }

    private HsmConfig config(String label, int residentKeys) {
        return hsm().config(label, residentKeys);
    }

    private void setUp(String label) throws Exception {
        try (var user = hsm().userPin();
                var officer = hsm().officer()) {
            assertThat(HsmSetup.make(config(label, 0), user, officer, random)).isEmpty();
        }
    }

    private Vault open(HsmConfig config) throws Exception {
        return Pkcs11Vault.open(config, hsm().userPin(), random);
    }

    @Override
    Vault stranger() throws Exception {
        setUp("another");
        return open(config("another", 1_000));
    }

    @Override
    Origin origin() {
        return Origin.HSM;
    }

    int objects() throws Exception {
        return count(Template.empty());
    }

    private int privateKeys() throws Exception {
        return count(Template.empty().with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY));
    }

    private int count(Template template) throws Exception {
        try (var session = scene().module.token(hsm().label()).open();
                var pin = hsm().userPin()) {
            session.login(User.USER, pin);
            return session.find(template, 100_000).size();
        }
    }

    @Test
    void whatIsManagedStaysAndWhatIsSealedLeavesNothing() throws Exception {
        int before = objects();
        int keys = privateKeys();
        var sealed = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        assertThat(sealed.mechanism()).startsWith("AES_KEY_WRAP_");
        assertThat(sealed.keyId()).hasSize(32);
        for (int i = 0; i < 20; i++) {
            assertThat(sign(sealed, ECDSA, "word")).hasSize(1);
        }
        assertThat(objects()).isEqualTo(before);
        var managed = make(KeyAlgorithm.P256, Custody.MANAGED).key();
        assertThat(managed.mechanism()).isEqualTo("resident");
        assertThat(sign(managed, ECDSA, "word")).hasSize(1);
        assertThat(objects()).isEqualTo(before + 1);
        assertThat(privateKeys()).isEqualTo(keys + 1);
    }

    @Test
    void failedUseLeavesNoObjectEither() throws Exception {
        var sealed = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        var other = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        int before = objects();
        assertThat(sealed.spki()).isNotEqualTo(other.spki());
        refused(() -> sign(sealed, SignatureScheme.of(Scheme.RSA_PKCS1_SHA256), "word"));
        assertThat(sign(sealed, ECDSA, "word")).hasSize(1);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void managedKeyIsWrappedWhereTheTokenIsFull() throws Exception {
        var ours = vault;
        try (var full = open(config(hsm().label(), 0))) {
            vault = full;
            var managed = make(KeyAlgorithm.P256, Custody.MANAGED).key();
            assertThat(managed.mechanism()).startsWith("AES_KEY_WRAP_");
            assertThat(sign(managed, ECDSA, "word")).hasSize(1);
        } finally {
            vault = ours;
        }
    }

    /// Another process makes a key while this one runs.
    @Test
    void keyThatWasMadeElsewhereMeanwhileIsFound() throws Exception {
        var ours = vault;
        try (var command = open(config(hsm().label(), 1_000))) {
            vault = command;
            var managed = make(KeyAlgorithm.P256, Custody.MANAGED).key();
            vault = ours;
            assertThat(sign(managed, ECDSA, "word")).hasSize(1);
        } finally {
            vault = ours;
        }
    }

    @ParameterizedTest
    @MethodSource("custodies")
    void whenAllSessionsAreGoneOneUseFailsAndTheSameApprovalSignsThen(Custody custody)
            throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var approved = approved(key, ECDSA, "one", "two");
        scene().module.restart();
        refused(() -> use(approved));
        var signatures = useAtLast(approved);
        assertThat(verifies(key, ECDSA, signatures.get(0), "one")).isTrue();
        assertThat(verifies(key, ECDSA, signatures.get(1), "two")).isTrue();
    }

    @Test
    void wrongPinIsSaidAndTriedOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(
                            () ->
                                    Pkcs11Vault.open(
                                            config("another", 0), Hsm.secret("wrong-pin"), random))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.kind()).isEqualTo(FailureKind.KEY_FILE_UNUSABLE);
                                assertThat(refused.detail())
                                        .contains(scene().folder.resolve("pin").toString())
                                        .doesNotContain("wrong-pin");
                            });
        }
    }

    @Test
    void unknownTokenAndModuleAreNamed() throws Exception {
        assertThatThrownBy(() -> open(config("none such", 0)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("none such");
        var noModule =
                new HsmConfig(
                        scene().folder.resolve("none.so"),
                        "vault",
                        scene().folder.resolve("pin"),
                        WrappingMechanism.AES_KEY_WRAP_KWP,
                        scene().folder.resolve("wrapping-key.toml"),
                        1,
                        1,
                        1,
                        0,
                        "");
        assertThatThrownBy(() -> open(noModule))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.detail()).contains("vault.module"));
    }

    /// Whoever may make keys in the token can give one the name and the id of the wrapping key, and
    /// in some modules trust as well: that one is passed over, and refused in the other's place.
    @Test
    void keyThatWasPlantedIsNotTheWrappingKey() throws Exception {
        setUp("another");
        var config = config("another", 0);
        var id = KnownKey.read(config.wrappingKey()).getFirst().id();
        var planted = named(id).with(Cryptoki.CKA_ENCRYPT, true);
        var right = named(id).with(Cryptoki.CKA_ENCRYPT, false);
        var ours = vault;
        try {
            plant(planted, 4);
            InnerKey key;
            try (var beside = open(config)) {
                vault = beside;
                key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
                assertThat(key.keyId()).isEqualTo(id);
            }
            destroy(planted, 4);
            try (var alone = open(config)) {
                vault = alone;
                assertThat(sign(key, ECDSA, "word")).hasSize(1);
            }
            destroy(right, 1);
            plant(planted, 1);
            var said = "no wrapping key in the token answers as the file";
            assertThatThrownBy(() -> open(config))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(said);
            assertThatThrownBy(() -> setUp("another"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(said);
        } finally {
            vault = ours;
            destroy(named(id), 1);
            Files.delete(config.wrappingKey());
        }
    }

    private static Template named(String id) {
        return Template.empty()
                .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_SECRET_KEY)
                .with(Cryptoki.CKA_TOKEN, true)
                .with(Cryptoki.CKA_LABEL, "custodian wrapping key")
                .with(Cryptoki.CKA_ID, Bytes.fromHex(id).toArray());
    }

    private void plant(Template template, int count) throws Exception {
        try (var session = scene().module.token("another").open();
                var officer = hsm().officer()) {
            session.login(User.OFFICER, officer);
            for (int i = 0; i < count; i++) {
                long _ =
                        session.generateKey(
                                Mechanism.of(Cryptoki.CKM_AES_KEY_GEN),
                                template.with(Cryptoki.CKA_KEY_TYPE, Cryptoki.CKK_AES)
                                        .with(Cryptoki.CKA_VALUE_LEN, 32)
                                        .with(Cryptoki.CKA_PRIVATE, false)
                                        .with(Cryptoki.CKA_TRUSTED, true)
                                        .with(Cryptoki.CKA_EXTRACTABLE, false)
                                        .with(Cryptoki.CKA_DECRYPT, true)
                                        .with(Cryptoki.CKA_WRAP, true)
                                        .with(Cryptoki.CKA_UNWRAP, true));
            }
            session.logout();
        }
    }

    private void destroy(Template template, int count) throws Exception {
        try (var session = scene().module.token("another").open();
                var pin = hsm().userPin()) {
            session.login(User.USER, pin);
            var found = session.find(template, 10);
            assertThat(found).hasSize(count);
            for (long key : found) {
                session.destroy(key);
            }
            session.logout();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "P-256, MANAGED",
        "RSA-2048, MANAGED",
        "P-256, OWNER_SEALED",
        "RSA-2048, OWNER_SEALED"
    })
    void keyOfTheEmbeddedVaultIsAdopted(String name, Custody custody) throws Exception {
        var algorithm = KeyAlgorithm.ofName(name);
        var how = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
        int before = objects();
        var ours = vault;
        var former = embedded();
        InnerKey old;
        try {
            vault = former;
            old = make(algorithm, custody).key();
        } finally {
            vault = ours;
        }
        var both = new Succession(ours, former);
        var moved = both.renew(old, custody);
        former.close();
        assertThat(both.isNewest(old.vault(), old.keyId(), old.mechanism())).isFalse();
        assertThat(both.isNewest(moved.vault(), moved.keyId(), moved.mechanism())).isTrue();
        assertThat(moved.spki()).isEqualTo(old.spki());
        assertThat(moved.mechanism().equals("resident")).isEqualTo(custody == Custody.MANAGED);
        assertThat(verifies(old, how, sign(moved, how, "word").getFirst(), "word")).isTrue();
        assertThat(objects()).isEqualTo(custody == Custody.MANAGED ? before + 1 : before);
    }

    private EmbeddedVault embedded() {
        var master = new byte[32];
        random.nextBytes(master);
        return new EmbeddedVault(Secret.owning(master), random);
    }

    @ParameterizedTest
    @EnumSource
    void keyThatIsNotItsPublicKeysIsNotAdopted(Custody custody) throws Exception {
        var of = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        int before = objects();
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var other = generator.generateKeyPair().getPrivate().getEncoded();
        try (var pkcs8 = Secret.owning(other)) {
            assertThatThrownBy(() -> vault.adopt(of, custody, pkcs8))
                    .isInstanceOf(GeneralSecurityException.class);
        }
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void tokenWithoutAWrappingKeySaysThatItTakesNothingSealed() throws Exception {
        try (var user = hsm().userPin()) {
            assertThat(HsmSetup.make(config("another", 1_000), user, null, random)).isNotEmpty();
        }
        try (var resident = open(config("another", 1_000));
                var full = open(config("another", 0))) {
            assertThat(resident.obstacle(Custody.MANAGED)).isEmpty();
            assertThat(resident.obstacle(Custody.OWNER_SEALED)).contains("no wrapping key");
            assertThat(full.obstacle(Custody.MANAGED)).contains("no wrapping key");
        }
    }

    @Test
    void setUpAgainChangesNothing() throws Exception {
        var key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        int before = objects();
        setUp(hsm().label());
        assertThat(objects()).isEqualTo(before);
        try (var again = open(config(hsm().label(), 0))) {
            assertThat(again.mac("label", key.spki())).isEqualTo(vault.mac("label", key.spki()));
        }
        assertThat(List.of(sign(key, ECDSA, "word"))).hasSize(1);
    }
}
