package dev.custodian.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
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
            for (var sql : schema(1).split(";\n", -1)) {
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

    @Test
    void openingsOfTheFifthSchemaAreOfTheWayTheirCredentialIsIn()
            throws IOException, SQLException, Refused {
        var old = folder.resolve("fifth.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + old);
                var statement = connection.createStatement()) {
            for (int step = 1; step <= 5; step++) {
                for (var sql : schema(step).split(";\n", -1)) {
                    if (!sql.isBlank()) {
                        statement.executeUpdate(sql);
                    }
                }
            }
            statement.execute(
                    """
                    INSERT INTO credential VALUES('%s', '%s', 'login', 'managed', 'P-256', x'02', x'7b7d', 1,
                      'embedded', 'master', 'AES-256-GCM', x'03', x'', 0, 'embedded')"""
                            .formatted(Samples.credential(1), Samples.owner(1)));
            for (int n = 1; n <= 2; n++) {
                statement.execute(
                        """
                        INSERT INTO "authorization"(id, intent, sad, owner, credential, sender, level, factors,
                          approval, expires, pending, opening)
                        VALUES('%s', x'0%d', x'0%d', '%s', '%s', 'x', 'BOUND', '', 1, 9, 1, %s)"""
                                .formatted(
                                        Samples.id(Id.Kind.AUTHORIZATION, n),
                                        n,
                                        n,
                                        Samples.owner(1),
                                        Samples.credential(1),
                                        n == 1 ? "x'0a'" : "NULL"));
            }
            statement.execute(
                    """
                    INSERT INTO consent(id, secret, owner, credential, version, device, purpose, subject, count,
                      remaining, expires, revoked, opening)
                    VALUES('%s', x'01', '%s', '%s', 1, '%s', 'login', 'ssh', 1, 1, 9, 0, x'0b')"""
                            .formatted(
                                    Samples.id(Id.Kind.CONSENT, 1),
                                    Samples.owner(1),
                                    Samples.credential(1),
                                    Samples.device(1)));
            statement.execute("PRAGMA user_version = 5");
        }
        try (var store = SqliteStore.open(old);
                var reader = store.read()) {
            assertThat(reader.authorization(1))
                    .extracting(AuthorizationRow::opening)
                    .isEqualTo(
                            new Opening(
                                    "embedded",
                                    "master",
                                    "AES-256-GCM",
                                    Bytes.of(new byte[] {10})));
            assertThat(reader.authorization(2)).extracting(AuthorizationRow::opening).isNull();
            assertThat(reader.consents().find(Samples.id(Id.Kind.CONSENT, 1)))
                    .extracting(ConsentRow::opening)
                    .isEqualTo(
                            new Opening(
                                    "embedded",
                                    "master",
                                    "AES-256-GCM",
                                    Bytes.of(new byte[] {11})));
        }
    }

    private static String schema(int step) throws IOException {
        try (var in = Schema.class.getResourceAsStream("sqlite-" + step + ".sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
