package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.PivStore;
import dev.custodian.device.jca.DeviceCertificates;
import dev.custodian.device.jca.DeviceIdentity;
import dev.custodian.device.jca.DevicePrivateKey;
import dev.custodian.device.jca.DeviceProvider;
import dev.custodian.it.WebServer;
import dev.custodian.it.device.SimulatedPivCard.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Java's own HTTP client logs in to nginx with a key on a card, whose PIN is held for the session.
/// Card and reader are simulated.
class PivTlsIT {
    @TempDir Path scratch;

    private CardInReader in;
    private PivStore store;
    private Secret pin;

    @BeforeEach
    void begin() throws Exception {
        Security.addProvider(new DeviceProvider());
        in = CardInReader.of(Kind.YUBICO);
        pin = CardInReader.secret(SimulatedPivCard.PIN);
        try (var management = CardInReader.managementKey()) {
            store = PivStore.open(CardInReader.reader(), management);
        }
    }

    @AfterEach
    void end() {
        // a card that stays in the reader keeps the next one out
        try (var _ = in) {
            store.close();
            pin.close();
        } finally {
            Security.removeProvider(DeviceProvider.NAME);
        }
    }

    private static PinProtected guard(DeviceKey key) {
        return key.ability(PinProtected.class).orElseThrow();
    }

    private X509Certificate certificate(DeviceKey key) throws Exception {
        guard(key).unlock(pin, new PinPolicy.EachUse());
        var now = Instant.now();
        return DeviceCertificates.selfSigned(
                key,
                "laptop",
                now.minusSeconds(60),
                now.plus(Duration.ofDays(1)),
                new SecureRandom());
    }

    private static SSLContext tls(DeviceKey with, X509Certificate own, WebServer server)
            throws Exception {
        return TlsClient.context(
                server.certificate(), new DeviceIdentity(DevicePrivateKey.of(with), own));
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "RSA_2048", "ED25519"})
    void nginxLetsTheCardsKeyInForItsPinAndNoOther(KeyType type) throws Exception {
        try (var key = store.create(new KeySpec("9a", type), pin);
                var stranger = store.create(new KeySpec("9c", type), pin)) {
            var own = certificate(key);
            var strange = certificate(stranger);
            try (var nginx = WebServer.start(scratch, TlsClient.pem(scratch, own))) {
                var url = nginx.url();
                guard(stranger).unlock(pin, new PinPolicy.Session());
                assertThat(TlsClient.get(tls(stranger, strange, nginx), url))
                        .contains("400 The SSL certificate error");
                var withoutPin = tls(key, own, nginx);
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> TlsClient.get(withoutPin, url))
                        .havingRootCause()
                        .isInstanceOfSatisfying(
                                DeviceException.class,
                                e -> assertThat(e.failure()).isEqualTo(DeviceFailure.PIN_NEEDED));

                guard(key).unlock(pin, new PinPolicy.Session());
                int before = in.simulated().pinsSeen();
                var tls = tls(key, own, nginx);
                for (int i = 0; i < 3; i++) {
                    assertThat(TlsClient.get(tls, url)).isEqualTo("SUCCESS CN=laptop\n");
                }
                assertThat(in.simulated().pinsSeen())
                        .as("one signature, and none to resume")
                        .isEqualTo(before + 1);
                assertThat(TlsClient.get(tls(key, own, nginx), url))
                        .isEqualTo("SUCCESS CN=laptop\n");
                assertThat(in.simulated().pinsSeen()).isEqualTo(before + 2);
            }
        }
    }
}
