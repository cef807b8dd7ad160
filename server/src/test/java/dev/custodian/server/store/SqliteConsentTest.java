package dev.custodian.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteConsentTest extends ConsentContract {
    @TempDir Path folder;

    @Override
    Store open() throws Refused {
        return SqliteStore.open(folder.resolve("custodian.db"));
    }

    @Test
    void databaseOfTheFirstSchemaIsBroughtForward() throws IOException, SQLException, Refused {
        var old = folder.resolve("old.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + old);
                var statement = connection.createStatement()) {
            for (var sql : firstSchema().split(";\n", -1)) {
                if (!sql.isBlank()) {
                    statement.executeUpdate(sql);
                }
            }
            statement.execute("INSERT INTO pepper(number, wrapped, created) VALUES(1, x'01', 0)");
            statement.execute(
                    """
                    INSERT INTO credential VALUES('%s', '%s', 'document', 'managed', 'P-256', x'02', x'7b7d', 1,
                      'embedded', 'master', 'AES-256-GCM', x'03', x'', 0)"""
                            .formatted(Samples.credential(1), Samples.owner(1)));
            statement.execute("PRAGMA user_version = 1");
        }
        try (var store = SqliteStore.open(old);
                var tx = store.begin()) {
            assertThat(tx.pepper(1)).as("what was there stays").isNotNull();
            assertThat(tx.credential(Samples.credential(1)))
                    .extracting(CredentialRow::origin)
                    .as("no other vault was there")
                    .isEqualTo(Origin.EMBEDDED);
            tx.consents().insert(row(1, 1, 1, 3));
            assertThat(tx.consents().of(Samples.device(1))).hasSize(1);
        }
    }

    private static String firstSchema() throws IOException {
        try (var in = Schema.class.getResourceAsStream("sqlite-1.sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
