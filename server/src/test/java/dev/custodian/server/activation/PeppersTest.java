package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.store.PepperRow;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.EmbeddedVault;
import java.nio.file.Path;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeppersTest {
    @TempDir Path folder;

    private Rig rig;
    private Peppers peppers;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        peppers = new Peppers(rig.vault);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private PepperRow first() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.pepper(1));
        }
    }

    private void open(long number) throws Refused {
        try (var reader = rig.store.read()) {
            peppers.open(reader, number).close();
        }
    }

    /// A second one would leave every PIN seal without the pepper that it was made with.
    @Test
    void pepperIsMadeOnce() throws Exception {
        var made = first();
        rig.journal.write(
                (tx, _) -> {
                    peppers.make(tx, rig.random, rig.clock.instant());
                    return true;
                });
        assertThat(first()).isEqualTo(made);
        try (var reader = rig.store.read()) {
            assertThat(Peppers.newest(reader)).isEqualTo(1);
        }
    }

    @Test
    void pepperIsRandomAndRestsWrapped() throws Exception {
        try (var reader = rig.store.read();
                var pepper = peppers.open(reader, 1)) {
            assertThat(pepper.expose()).hasSize(32).isNotEqualTo(new byte[32]);
        }
        assertThat(first().wrapped().size()).isGreaterThan(32);
    }

    @Test
    void pepperUnderAnotherNumberIsRefused() throws Exception {
        var wrapped = first().wrapped();
        rig.journal.write(
                (tx, _) -> {
                    tx.insertPepper(new PepperRow(2, wrapped, rig.clock.instant()));
                    return true;
                });
        open(1);
        refused(FailureKind.TAMPERED, () -> open(2));
        refused(FailureKind.TAMPERED, () -> open(3));
    }

    @Test
    void databaseOfAnotherVaultIsRefused() throws Exception {
        try (var other = new EmbeddedVault(Secret.owning(rig.random(32).toArray()), rig.random);
                var reader = rig.store.read()) {
            refused(FailureKind.CONFIG_WRONG, () -> new Peppers(other).requireOurs(reader));
            peppers.requireOurs(reader);
        }
    }

    @Test
    void databaseWithoutPepperWasNotSetUp() throws Exception {
        try (var store = SqliteStore.open(folder.resolve("empty.db"));
                var reader = store.read()) {
            refused(FailureKind.STORAGE_FAILED, () -> Peppers.newest(reader));
        }
    }
}
