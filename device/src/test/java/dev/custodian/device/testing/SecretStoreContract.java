package dev.custodian.device.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.SecretStore;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What every store of secrets has to do.
public abstract class SecretStoreContract {
    /// Opens the store, always the same one within a test.
    protected abstract SecretStore open() throws Exception;

    private static Secret secret(String text) {
        return Secret.owning(Bytes.utf8(text).toArray());
    }

    private static void unknown(ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(
                        e ->
                                assertThat(e.failure())
                                        .as(e.sentences())
                                        .isEqualTo(DeviceFailure.KEY_UNKNOWN));
    }

    private void assertHolds(String name, Secret secret) throws Exception {
        try (var got = open().get(name)) {
            assertThat(got).isEqualTo(secret);
        }
    }

    @Test
    void keptSecretIsThereByItsNameAloneUntilItIsDeleted() throws Exception {
        try (var first = secret("Grüße");
                var second = secret("another")) {
            unknown(() -> open().get("one"));
            open().keep("one", first);
            unknown(() -> open().get("on"));
            unknown(() -> open().get("two"));
            open().keep("two", second);
            assertHolds("one", first);
            assertHolds("two", second);
            assertThat(open().delete("one")).isTrue();
            assertThat(open().delete("one")).isFalse();
            unknown(() -> open().get("one"));
            assertHolds("two", second);
        }
    }

    @Test
    void laterSecretTakesThePlaceOfTheFormer() throws Exception {
        try (var first = secret("first");
                var second = secret("second, which is longer")) {
            open().keep("one", first);
            open().keep("one", second);
            assertHolds("one", second);
            open().keep("one", first);
            assertHolds("one", first);
            assertThat(open().delete("one")).isTrue();
            unknown(() -> open().get("one"));
        }
    }

    @Test
    void secretsOfEachSizeAreKeptAndTooLongOnesAreNot() throws Exception {
        for (int size : new int[] {1, 15, 16, 17, SecretStore.LONGEST}) {
            try (var secret = secret("7".repeat(size))) {
                open().keep("one", secret);
                assertHolds("one", secret);
            }
        }
        try (var tooLong = secret("7".repeat(SecretStore.LONGEST + 1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> open().keep("one", tooLong));
        }
    }

    @Test
    void whatIsNoNameIsRefused() throws Exception {
        try (var secret = secret("x")) {
            for (var name : new String[] {"", "../one", "One", "a.b", "a".repeat(49)}) {
                assertThatIllegalArgumentException().isThrownBy(() -> open().keep(name, secret));
                assertThatIllegalArgumentException().isThrownBy(() -> open().get(name));
                assertThatIllegalArgumentException().isThrownBy(() -> open().delete(name));
            }
            open().keep("a".repeat(48), secret);
            assertHolds("a".repeat(48), secret);
        }
    }
}
