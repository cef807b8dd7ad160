package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.testing.SecretStoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of secrets over files that a folder's key seals.
class SealedSecretsContractTest extends SecretStoreContract {
    @TempDir Path scratch;

    private SecretStore open(String folder) throws DeviceException {
        var keys = SoftwareStore.open(scratch.resolve(folder), new FakeLogin("mara"));
        return SecretStore.in(scratch.resolve("secrets"), keys);
    }

    @Override
    protected SecretStore open() throws Exception {
        return open("keys");
    }

    private void damaged(SecretStore store, String name) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> store.get(name))
                .satisfies(e -> assertThat(e.failure()).isEqualTo(DeviceFailure.KEY_DAMAGED));
    }

    @Test
    void changedFileOneOfAnotherNameAndOneOfAnotherStoreHoldNothing() throws Exception {
        try (var secret = Secret.owning(Bytes.utf8("the secret").toArray())) {
            var store = open();
            store.keep("one", secret);
            var file = scratch.resolve("secrets").resolve("one.secret");
            var whole = Files.readAllBytes(file);
            assertThat(Bytes.of(whole).hex()).doesNotContain(Bytes.utf8("the secret").hex());
            for (int at = 0; at < whole.length; at++) {
                var changed = whole.clone();
                changed[at] ^= 1;
                Files.write(file, changed);
                damaged(store, "one");
                Files.write(file, Arrays.copyOf(whole, at));
                damaged(store, "one");
            }
            Files.write(file, new byte[1 << 16]);
            damaged(store, "one");
            Files.write(file, whole);
            Files.copy(file, file.resolveSibling("two.secret"), StandardCopyOption.COPY_ATTRIBUTES);
            damaged(store, "two");
            damaged(open("other"), "one");
            try (var got = store.get("one")) {
                assertThat(got).isEqualTo(secret);
            }
        }
    }
}
