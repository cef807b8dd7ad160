package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads consents by SQL.
class SqliteConsentReader implements ConsentReader {
    static final String CONSENT =
            "id, secret, owner, credential, version, device, purpose, subject, count, remaining, expires, revoked,"
                    + " level, opening, vault, key_id, mechanism";

    private final Sql sql;

    SqliteConsentReader(Sql sql) {
        this.sql = sql;
    }

    @Override
    public @Nullable ConsentRow find(Id consent) throws Refused {
        return sql.one(
                SqliteConsentReader::row,
                "SELECT " + CONSENT + " FROM consent WHERE id = ?",
                consent);
    }

    @Override
    public @Nullable ConsentRow bySecret(Bytes secret) throws Refused {
        return sql.one(
                SqliteConsentReader::row,
                "SELECT " + CONSENT + " FROM consent WHERE secret = ?",
                secret);
    }

    @Override
    public List<ConsentRow> of(Id device) throws Refused {
        return sql.all(
                SqliteConsentReader::row,
                "SELECT " + CONSENT + " FROM consent WHERE device = ? ORDER BY expires, id",
                device);
    }

    private static ConsentRow row(ResultSet row) throws SQLException, MalformedException {
        return new ConsentRow(
                Id.parse(Id.Kind.CONSENT, row.getString(1)),
                Bytes.of(row.getBytes(2)),
                Id.parse(Id.Kind.OWNER, row.getString(3)),
                Id.parse(Id.Kind.CREDENTIAL, row.getString(4)),
                row.getInt(5),
                Id.parse(Id.Kind.DEVICE, row.getString(6)),
                Purpose.parse(row.getString(7)),
                row.getString(8),
                row.getInt(9),
                row.getInt(10),
                Instant.ofEpochMilli(row.getLong(11)),
                row.getBoolean(12),
                Rows.word(Level.class, row, 13),
                Rows.opening(row, 14));
    }
}
