package dev.custodian.server.store;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Brings a database file to the schema of this version. `PRAGMA user_version` counts the steps
/// already taken.
final class Schema {
    /// Never changed once released: a change is one more step.
    private static final List<String> STEPS =
            List.of(
                    "sqlite-1.sql",
                    "sqlite-2.sql",
                    "sqlite-3.sql",
                    "sqlite-4.sql",
                    "sqlite-5.sql",
                    "sqlite-6.sql",
                    "sqlite-7.sql",
                    "sqlite-8.sql");

    private Schema() {}

    static void migrate(Connection connection) throws SQLException, Refused {
        try (var statement = connection.createStatement()) {
            if (done(statement) == STEPS.size()) {
                return;
            }
            statement.execute("BEGIN IMMEDIATE");
            // Asked again: another process may have been faster.
            int done = done(statement);
            if (done > STEPS.size()) {
                statement.execute("ROLLBACK");
                throw new Refused(
                        FailureKind.STORAGE_FAILED,
                        "The database was written by a newer version of this program.");
            }
            for (var step : STEPS.subList(done, STEPS.size())) {
                for (var sql : text(step).split(";\n", -1)) {
                    if (!sql.isBlank()) {
                        statement.executeUpdate(sql);
                    }
                }
            }
            statement.execute("PRAGMA user_version = " + STEPS.size());
            statement.execute("COMMIT");
        }
    }

    private static int done(Statement statement) throws SQLException {
        try (var version = statement.executeQuery("PRAGMA user_version")) {
            return version.getInt(1);
        }
    }

    private static String text(String resource) {
        try (var in = Schema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not packed into this program: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
