package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// SoftHSM through the binding.
class SoftHsmBindingIT extends BindingContract {
    @Override
    Hsm make(Path folder) throws Exception {
        return Hsm.softHsm(folder);
    }

    @Test
    void mechanismThatItLacksIsNotListedAndFails() throws Exception {
        assertThat(token.mechanisms()).doesNotContain(CKM_AES_KEY_WRAP_KWP);
        var kek = session.generateKey(Mechanism.of(CKM_AES_KEY_GEN), Keys.wrapping());
        var pair = Keys.ec(session, Keys.extractable());
        assertThatThrownBy(
                        () ->
                                session.wrap(
                                        Mechanism.of(CKM_AES_KEY_WRAP_KWP), kek, pair.privateKey()))
                .hasMessage("C_WrapKey: CKR_MECHANISM_INVALID (0x70)");
    }

    @Test
    void keyThatIsNotExtractableStays() throws Exception {
        var kek = session.generateKey(Mechanism.of(CKM_AES_KEY_GEN), Keys.wrapping());
        var pair = Keys.ec(session, Keys.resident());
        assertThatThrownBy(() -> session.wrap(wrapping(), kek, pair.privateKey()))
                .isInstanceOf(Pkcs11Failure.class)
                .hasMessageContaining("0x6A");
    }

    /// Another part of this process may have the module: it stays initialised for that one.
    @Test
    void moduleThatAnotherPartInitialisedStays() throws Exception {
        try (var second = hsm.load()) {
            assertThat(second.tokens()).hasSize(2);
        }
        assertThat(Keys.ec(session, Keys.extractable()).privateKey()).isPositive();
    }

    @Test
    void sessionThatWasClosedIsLost() throws Exception {
        var other = token.open();
        other.close();
        assertThatThrownBy(() -> other.find(Keys.resident(), 1))
                .isInstanceOfSatisfying(
                        Pkcs11Failure.class,
                        failure -> {
                            assertThat(failure.rv()).isEqualTo(CKR_SESSION_HANDLE_INVALID);
                            assertThat(failure.lost()).isTrue();
                        });
    }
}
