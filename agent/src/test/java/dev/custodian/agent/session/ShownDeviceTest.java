package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyUri;
import dev.custodian.device.UnsealedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShownDeviceTest {
    @TempDir Path scratch;

    private DeviceKey key;
    private ShownDevice shown;

    @BeforeEach
    void make() throws Exception {
        key = UnsealedKeys.in(scratch.resolve("keys")).create("device");
        shown = new ShownDevice(key, DeviceException::refused);
    }

    @Test
    void certificateIsOfTheKeyAndNamesNobody() throws Exception {
        var made = shown.certify();
        made.verify(key.publicKey());
        assertThat(made.getPublicKey()).isEqualTo(key.publicKey());
        assertThat(made.getSubjectX500Principal()).hasToString("CN=Custodian device");
        assertThat(made.getNotBefore().toInstant()).isEqualTo(Instant.EPOCH);
        assertThat(made.getNotAfter().toInstant()).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
        assertThat(shown.with(made).getCertificateChain("device")).containsExactly(made);
    }

    @Test
    void onlyWhatTheDeviceSaysIsItsRefusal() {
        var said = new DeviceException(DeviceFailure.CLOSED);
        assertThat(shown.refusal(said))
                .hasValueSatisfying(why -> assertThat(why.kind()).isEqualTo(said.refused().kind()));
        assertThat(shown.refusal(new SignatureException("CLOSED"))).isEmpty();
        assertThat(shown.refusal(new IOException(said))).isEmpty();
    }

    /// So that the agent asks for the PIN, and does not say that it has it.
    @Test
    void keyElsewhereIsLockedWhenAHandshakeWantsItsPin() {
        try (var stores =
                new Stores(scratch, StoreOption.BEST, new Login.None(), new SecureRandom())) {
            var uri = new KeyUri.PivSlot("1", "9a");
            var elsewhere = new KeySigner.Elsewhere(stores, uri, key).tls();
            stores.unlocked(uri);
            assertThat(elsewhere.refusal(new DeviceException(DeviceFailure.CLOSED))).isPresent();
            assertThat(stores.isUnlocked(uri)).isTrue();

            assertThat(elsewhere.refusal(new DeviceException(DeviceFailure.PIN_NEEDED)))
                    .hasValueSatisfying(
                            why -> assertThat(why.kind()).isEqualTo(FailureKind.KEY_SEALED));
            assertThat(stores.isUnlocked(uri)).isFalse();
        }
    }

    @Test
    void closedKeyMakesNoCertificate() {
        key.close();
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(shown::certify)
                .satisfies(e -> assertThat(e.kind()).isNotEqualTo(FailureKind.INTERNAL));
    }
}
