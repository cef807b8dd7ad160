package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// SoftHSM through the binding.
class SoftHsmBindingIT extends BindingContract {
    /// CKM_EC_EDWARDS_KEY_PAIR_GEN and CKM_EDDSA; the vault has no use for them yet.
    private static final long EDWARDS_KEY_PAIR_GEN = 0x1055;

    private static final long EDDSA = 0x1057;
    private static final byte[] ED25519 = Bytes.fromHex("06032b6570").toArray();

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
    void ed25519SignsWholeMessages() throws Exception {
        assertThat(token.mechanisms()).contains(EDWARDS_KEY_PAIR_GEN, EDDSA);
        var pair =
                session.generateKeyPair(
                        Mechanism.of(EDWARDS_KEY_PAIR_GEN),
                        Template.empty()
                                .with(CKA_TOKEN, false)
                                .with(CKA_VERIFY, true)
                                .with(CKA_EC_PARAMS, ED25519),
                        Keys.extractable());
        var letter = Bytes.utf8("Dear Charles").toArray();
        var signature = session.sign(Mechanism.of(EDDSA), pair.privateKey(), letter);
        var point = session.get(pair.publicKey(), CKA_EC_POINT);
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(
                KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(
                                        Bytes.concat(
                                                        Bytes.fromHex("302a300506032b6570032100"),
                                                        Bytes.of(Arrays.copyOfRange(point, 2, 34)))
                                                .toArray())));
        verifier.update(letter);
        assertThat(verifier.verify(signature)).isTrue();
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
