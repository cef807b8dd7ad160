package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        return new HsmConfig(
                hsm().library(),
                label,
                scene().folder.resolve("pin"),
                hsm().wrapping() == Cryptoki.CKM_AES_KEY_WRAP_PAD
                        ? WrappingMechanism.AES_KEY_WRAP_PAD
                        : WrappingMechanism.AES_KEY_WRAP_KWP,
                4,
                residentKeys,
                Objects.requireNonNullElse(hsm().reserved(), ""));
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
    @EnumSource
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
                        1,
                        0,
                        "");
        assertThatThrownBy(() -> open(noModule))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.detail()).contains("vault.module"));
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
