package dev.custodian.device.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.SecretStore;
import dev.custodian.device.dbus.FakeBus;
import dev.custodian.device.testing.SecretStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of secrets over a keyring, whose part is played here.
class KeyringSecretsContractTest extends SecretStoreContract {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path scratch;

    private final FakeKeyring keyring = new FakeKeyring();
    private FakeBus bus;

    @BeforeEach
    void start() throws IOException {
        bus = keyring.at(scratch.resolve("bus"));
    }

    @AfterEach
    void stop() throws IOException {
        bus.close();
    }

    @Override
    protected SecretStore open() {
        return SecretStore.of(() -> SecretService.open(bus.socket(), LIMIT, LIMIT), "mail");
    }

    @Test
    void failuresAreToldInTheWordsOfStoresAndTwoOfAKindAreNone() throws Exception {
        try (var secret = Secret.owning(Bytes.utf8("x").toArray())) {
            open().keep("one", secret);
            var again = Map.copyOf(keyring.items.values().iterator().next().attributes());
            keyring.items.put("/second", new FakeKeyring.Item(again, Bytes.utf8("y")));
            refused(DeviceFailure.KEY_DAMAGED);
            keyring.items.remove("/second");
            keyring.locked = true;
            keyring.person = FakeKeyring.Person.DISMISSES;
            refused(DeviceFailure.STORE_SEALED);
            bus.close();
            refused(DeviceFailure.STORE_ABSENT);
        }
    }

    private void refused(DeviceFailure failure) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> open().get("one"))
                .satisfies(e -> assertThat(e.failure()).as(e.sentences()).isEqualTo(failure));
    }
}
