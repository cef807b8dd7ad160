package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A connection, its prepared statements, and the one place where its errors become refusals.
final class Sql implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sql.class);

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private boolean failed;

    Sql(Connection connection) {
        this.connection = connection;
    }

    /// Whether a statement has failed: the connection must not be used again.
    boolean hasFailed() {
        return failed;
    }

    /// Makes a value of a result's current row.
    interface Row<T> {
        T read(ResultSet row) throws SQLException, MalformedException;
    }

    /// The first row; null when there is none.
    <T> @Nullable T one(Row<T> row, String sql, @Nullable Object... values) throws Refused {
        var rows = all(row, sql, values);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /// Every row. The result is closed before this returns: an open one would keep the snapshot,
    /// and the next write would fail.
    <T> List<T> all(Row<T> row, String sql, @Nullable Object... values) throws Refused {
        refuseAfterFailure();
        try {
            var found = new ArrayList<T>();
            try (var rows = bound(sql, values).executeQuery()) {
                while (rows.next()) {
                    found.add(row.read(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            failed = true;
            throw refusal(e);
        } catch (MalformedException e) {
            LOG.error("a row of the database is not readable: {}", e.getMessage());
            throw new Refused(FailureKind.STORAGE_FAILED, "A row of the database is not readable.");
        }
    }

    /// Runs a statement without result; returns how many rows it changed.
    int run(String sql, @Nullable Object... values) throws Refused {
        refuseAfterFailure();
        try {
            return bound(sql, values).executeUpdate();
        } catch (SQLException e) {
            failed = true;
            throw refusal(e);
        }
    }

    /// SQLite rolls a transaction back by itself after some failures: what came next would be
    /// committed alone.
    private void refuseAfterFailure() throws Refused {
        if (failed) {
            throw new Refused(FailureKind.STORAGE_FAILED, "The transaction has failed before.");
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
        var statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i]);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setObject(at, null);
            case Long number -> statement.setLong(at, number);
            case Integer number -> statement.setInt(at, number);
            case String text -> statement.setString(at, text);
            case Bytes bytes -> statement.setBytes(at, bytes.toArray());
            case Id id -> statement.setString(at, id.text());
            case Instant time -> statement.setLong(at, time.toEpochMilli());
            case Enum<?> word -> statement.setString(at, word.name());
            default -> throw new IllegalArgumentException("no column for a " + value.getClass());
        }
    }

    /// What a failure of the database means to the caller. Its cause goes to the log.
    static Refused refusal(SQLException e) {
        var code =
                e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.SQLITE_ERROR;
        LOG.error("the database failed: {}", code, e);
        return switch (code) {
            case SQLITE_FULL, SQLITE_IOERR_SHMSIZE -> new Refused(FailureKind.STORAGE_FULL);
            case SQLITE_BUSY, SQLITE_BUSY_TIMEOUT ->
                    new Refused(FailureKind.BUSY, "Another process holds the database.");
            default -> new Refused(FailureKind.STORAGE_FAILED);
        };
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("the database was not closed in order", e);
        }
    }
}
