package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Reads logins by SQL.
class SqliteLoginReader implements LoginReader {
    private final Sql sql;

    SqliteLoginReader(Sql sql) {
        this.sql = sql;
    }

    @Override
    public @Nullable LoginRow find(Bytes login) throws Refused {
        return sql.one(
                SqliteLoginReader::row,
                "SELECT id, device, expires, refresh, spent, spent_by, spent_at FROM login WHERE id = ?",
                login);
    }

    private static LoginRow row(ResultSet row) throws SQLException, MalformedException {
        var spent = row.getBytes(5);
        return new LoginRow(
                Bytes.of(row.getBytes(1)),
                Id.parse(Id.Kind.DEVICE, row.getString(2)),
                Instant.ofEpochMilli(row.getLong(3)),
                Bytes.of(row.getBytes(4)),
                spent == null
                        ? null
                        : new LoginRow.Spent(
                                Bytes.of(spent),
                                row.getString(6),
                                Instant.ofEpochMilli(row.getLong(7))));
    }
}
