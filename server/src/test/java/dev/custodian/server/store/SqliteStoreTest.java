package dev.custodian.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
    @TempDir Path folder;

    private Path file() {
        return folder.resolve("custodian.db");
    }

    @Override
    Store open() throws Refused {
        return SqliteStore.open(file());
    }

    @Test
    void everyCommitIsSyncedToTheDisk() throws Refused {
        try (var store = open();
                var tx = (SqliteTx) store.begin()) {
            assertThat(pragma(tx, "synchronous")).as("FULL").isEqualTo("2");
            assertThat(pragma(tx, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(tx, "secure_delete")).isEqualTo("1");
        }
    }

    private static @Nullable String pragma(SqliteTx tx, String name) throws Refused {
        return tx.sql.one(row -> row.getString(1), "PRAGMA " + name);
    }

    @Test
    void fileIsReadableByItsOwnerAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void fullDiskRefusesAndServesAgainWhenThereIsRoom() throws Refused {
        try (var store = new SmallDisk(file())) {
            store.limit(60);
            int n = 0;
            try {
                while (n < 1000) {
                    insertPepper(store, n);
                    n++;
                }
            } catch (Refused e) {
                assertThat(e.kind()).isEqualTo(FailureKind.STORAGE_FULL);
            }
            assertThat(n).isBetween(1, 999);
            try (var reader = store.read()) {
                assertThat(reader.pepper(n)).as("nothing half written").isNull();
                assertThat(reader.pepper(n - 1)).isNotNull();
            }
            store.limit(100_000);
            insertPepper(store, n);
            try (var reader = store.read()) {
                assertThat(reader.pepper(n)).isNotNull();
            }
        }
    }

    private static void insertPepper(Store store, int n) throws Refused {
        try (var tx = store.begin()) {
            tx.insertPepper(new PepperRow(n, Bytes.of(new byte[5000]), Samples.NOW));
            tx.commit();
        }
    }

    @Test
    void nothingFollowsAFailedStatementInItsTransaction() throws Refused {
        try (var store = open()) {
            insertPepper(store, 1);
            try (var tx = store.begin()) {
                assertThatThrownBy(
                                () -> tx.insertPepper(new PepperRow(1, Bytes.EMPTY, Samples.NOW)))
                        .isInstanceOf(Refused.class);
                assertThatThrownBy(
                                () -> tx.insertPepper(new PepperRow(2, Bytes.EMPTY, Samples.NOW)))
                        .isInstanceOf(Refused.class);
                assertThatThrownBy(tx::commit).isInstanceOf(Refused.class);
            }
            insertPepper(store, 3);
            try (var reader = store.read()) {
                assertThat(reader.pepper(2)).isNull();
                assertThat(reader.pepper(3)).isNotNull();
            }
        }
    }

    @Test
    void secondWriterWaitsForTheFirst() throws Exception {
        try (var one = open();
                var two = open()) {
            var waiting = new CountDownLatch(1);
            Thread second;
            try (var tx = one.begin()) {
                tx.insertPepper(new PepperRow(1, Bytes.EMPTY, Samples.NOW));
                second =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            waiting.countDown();
                                            try (var other = two.begin()) {
                                                if (other.pepper(1) != null) {
                                                    other.insertPepper(
                                                            new PepperRow(
                                                                    2, Bytes.EMPTY, Samples.NOW));
                                                    other.commit();
                                                }
                                            } catch (Refused e) {
                                                throw new IllegalStateException(e);
                                            }
                                        });
                waiting.await();
                tx.commit();
            }
            second.join();
            try (var reader = one.read()) {
                assertThat(reader.pepper(2)).isNotNull();
            }
        }
    }

    @Test
    void idleStoreKeepsNobodyOut() throws Refused {
        try (var one = open();
                var two = open()) {
            insertPepper(one, 1);
            insertPepper(two, 2);
            insertPepper(one, 3);
        }
    }

    @Test
    void databaseOfANewerProgramIsLeftAlone() throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.STORAGE_FAILED));
    }

    @Test
    void fileThatIsNoDatabaseIsRefused() throws IOException {
        var other = folder.resolve("letter.txt");
        Files.writeString(other, "Dear Ann, ".repeat(1000), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SqliteStore.open(other))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.STORAGE_FAILED));
    }

    @Test
    void deletedOpeningIsOverwritten() throws Refused, IOException {
        var secret = "opening-that-must-not-be-found-later";
        try (var store = open()) {
            long number;
            try (var tx = store.begin()) {
                var row = Samples.authorizationRow(1, Samples.credential(1));
                number =
                        tx.insertAuthorization(
                                        new AuthorizationRow(
                                                0,
                                                row.id(),
                                                row.intent(),
                                                row.sad(),
                                                row.owner(),
                                                row.credential(),
                                                row.sender(),
                                                row.level(),
                                                row.factors(),
                                                row.approval(),
                                                row.expires(),
                                                Samples.opening(secret)),
                                        List.of(Samples.digest("one")))
                                .number();
                tx.commit();
            }
            try (var tx = store.begin()) {
                tx.settle(number, 1);
                tx.commit();
            }
        }
        // The last connection to close folds the log into the file and deletes it.
        closeStore();
        assertThat(Files.readString(file(), StandardCharsets.ISO_8859_1)).doesNotContain(secret);
        assertThat(folder.resolve("custodian.db-wal")).doesNotExist();
    }
}
