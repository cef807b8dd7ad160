package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.server.store.SqliteStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrowdTest {
    @Test
    void rowOfAnotherCrowdIsMissed(@TempDir Path folder) throws Exception {
        var database = folder.resolve("custodian.db");
        Crowd.fill(database, 10);
        try (var store = SqliteStore.open(database)) {
            assertThatThrownBy(() -> Crowd.read(store, 100, 1_000))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void everyRowIsFound(@TempDir Path folder) throws Exception {
        var database = folder.resolve("custodian.db");
        Crowd.fill(database, 10);
        try (var store = SqliteStore.open(database)) {
            assertThatCode(() -> Crowd.read(store, 100, 10)).doesNotThrowAnyException();
        }
    }
}
