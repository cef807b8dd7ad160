package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;

/// Writes logins by SQL.
final class SqliteLoginTx extends SqliteLoginReader implements LoginTx {
    private final SqliteTx tx;

    SqliteLoginTx(SqliteTx tx) {
        super(tx.sql);
        this.tx = tx;
    }

    @Override
    public void insert(LoginRow login) throws Refused {
        var spent = login.spent();
        tx.writeOne(
                """
                INSERT INTO login(id, device, expires, refresh, spent, spent_by, spent_at)
                VALUES(?, ?, ?, ?, ?, ?, ?)""",
                login.id(),
                login.device(),
                login.expires(),
                login.refresh(),
                spent == null ? null : spent.token(),
                spent == null ? null : spent.by(),
                spent == null ? null : spent.at());
    }

    @Override
    public void update(LoginRow login) throws Refused {
        var spent = login.spent();
        tx.writeOne(
                "UPDATE login SET refresh = ?, spent = ?, spent_by = ?, spent_at = ? WHERE id = ?",
                login.refresh(),
                spent == null ? null : spent.token(),
                spent == null ? null : spent.by(),
                spent == null ? null : spent.at(),
                login.id());
    }

    @Override
    public boolean end(Bytes login) throws Refused {
        endSessions(login);
        return tx.write("DELETE FROM login WHERE id = ?", login) == 1;
    }

    @Override
    public void endSessions(Bytes login) throws Refused {
        tx.write("DELETE FROM session WHERE login = ?", login);
    }

    @Override
    public void endAll(Id device) throws Refused {
        tx.write("DELETE FROM login WHERE device = ?", device);
    }

    @Override
    public int deleteEnded(Instant now, int limit) throws Refused {
        return tx.write(
                "DELETE FROM login WHERE rowid IN (SELECT rowid FROM login WHERE expires <= ? LIMIT ?)",
                now,
                limit);
    }
}
