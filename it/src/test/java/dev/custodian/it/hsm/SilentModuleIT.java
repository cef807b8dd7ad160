package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.journal.UseRequest;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.vault.HsmCheck;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A module that does not come back from a call: with two sessions, and little patience.
class SilentModuleIT extends VaultRig {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final int SESSIONS = 2;

    /// Seconds: all that a module does which answers takes less, on a machine that does much else.
    private static final int PATIENCE = 3;

    private @Nullable Faults faults;

    /// Of this process, so that no vault finalises it.
    private @Nullable Pkcs11Module module;

    @Override
    Vault open(Path folder) throws Exception {
        var around = Faults.around(Hsm.softHsm(folder), folder);
        faults = around;
        var hsm = around.hsm();
        module = hsm.load();
        try (var user = hsm.userPin();
                var officer = hsm.officer()) {
            assertThat(HsmSetup.make(hsm.config(SESSIONS, PATIENCE), user, officer, random))
                    .isEmpty();
        }
        return another();
    }

    private Faults faults() {
        return Objects.requireNonNull(faults);
    }

    private Vault another() throws Exception {
        var hsm = faults().hsm();
        return Pkcs11Vault.open(hsm.config(SESSIONS, PATIENCE), hsm.userPin(), random);
    }

    @AfterAll
    void finish() {
        Objects.requireNonNull(module).close();
    }

    /// Every call that hangs comes back.
    @AfterEach
    void comeBack() throws Exception {
        faults().order("* back");
    }

    private void signs(InnerKey key, UseRequest approved, String word) throws Exception {
        assertThat(verifies(key, ECDSA, useAtLast(approved).getFirst(), word)).isTrue();
    }

    /// The thread is given up and its session with it; the other session signs what was approved.
    @ParameterizedTest
    @EnumSource
    void useThatGetsNoAnswerFailsAndCostsNoApproval(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var approved = approved(key, ECDSA, "one");
        faults().order("C_Sign hang");
        refused(() -> use(approved));
        assertThat(vault.trouble()).as("one session is left").isEmpty();
        faults().order();
        signs(key, approved, "one");
    }

    @Test
    void whereAllSessionsAreHeldItIsSaidUntilTheyComeBack() throws Exception {
        var key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        var first = approved(key, ECDSA, "one");
        var second = approved(key, ECDSA, "two");
        faults().order("C_UnwrapKey hang");
        refused(() -> use(first));
        refused(() -> use(second));
        assertThat(vault.trouble())
                .isEqualTo(
                        "2 of 2 sessions wait for an answer of the HSM that does not come: when"
                                + " the HSM is well and this stays, restart the server");
        faults().order();
        refused(() -> use(first));
        faults().order("* back");
        await().atMost(Duration.ofSeconds(60)).until(() -> vault.trouble().isEmpty());
        signs(key, first, "one");
        signs(key, second, "two");
        await("each use has its outcome")
                .atMost(Duration.ofSeconds(60))
                .until(() -> openUses() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C_GetSlotList", "C_OpenSession", "C_Login", "C_FindObjects"})
    void serverDoesNotStartWithAModuleThatGivesNoAnswer(String function) throws Exception {
        faults().order(function + " hang");
        assertThatThrownBy(this::another)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("the HSM gave no answer for " + PATIENCE + " s");
        faults().order();
        another().close();
    }

    /// What becomes of it may be a refusal, and the third of these locks many a token.
    @Test
    void noSecondPinIsSentWhileALoginHasNoAnswer() throws Exception {
        var key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        var approved = approved(key, ECDSA, "one");
        faults().order("C_Sign lose 0x32");
        refused(() -> use(approved));
        faults().order("C_Login hang");
        refused(() -> use(approved));
        faults().order();
        refused(() -> use(approved));
        assertThat(vault.trouble()).contains("the PIN is sent no second time");
        faults().order("* back");
        await().atMost(Duration.ofSeconds(60)).until(() -> vault.trouble().isEmpty());
        faults().order();
        signs(key, approved, "one");
    }

    @Test
    void checkNamesTheStepThatGivesNoAnswer() throws Exception {
        var hsm = faults().hsm();
        var config = hsm.config(SESSIONS, PATIENCE);
        // A thief logs out, and with that all sessions of this process.
        vault.close();
        try (var user = hsm.userPin()) {
            faults().order("C_Login hang");
            assertThatThrownBy(() -> HsmCheck.run(config, user))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(
                            "log in: the module gave no answer for " + PATIENCE + " s");
            faults().order();
        }
        try (var user = hsm.userPin()) {
            assertThat(HsmCheck.run(config, user).isStolen()).isFalse();
        } finally {
            vault = another();
        }
    }
}
