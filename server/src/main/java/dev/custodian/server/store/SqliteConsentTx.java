package dev.custodian.server.store;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;

/// Writes consents by SQL.
final class SqliteConsentTx extends SqliteConsentReader implements ConsentTx {
    private final SqliteTx tx;

    SqliteConsentTx(SqliteTx tx) {
        super(tx.sql);
        this.tx = tx;
    }

    @Override
    public void insert(ConsentRow consent) throws Refused {
        var opening = consent.opening();
        tx.writeOne(
                "INSERT INTO consent("
                        + CONSENT
                        + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                consent.id(),
                consent.secret(),
                consent.owner(),
                consent.credential(),
                consent.version(),
                consent.device(),
                consent.purpose().text(),
                consent.subject(),
                consent.count(),
                consent.remaining(),
                consent.expires(),
                consent.revoked() ? 1 : 0,
                consent.level(),
                opening == null ? null : opening.sealed(),
                opening == null ? null : opening.vault(),
                opening == null ? null : opening.keyId(),
                opening == null ? null : opening.mechanism());
    }

    @Override
    public boolean spend(Id consent, int signatures, Instant now) throws Refused {
        return tx.write(
                        """
                        UPDATE consent SET remaining = remaining - ?,
                          opening = CASE WHEN remaining <= ? THEN NULL ELSE opening END
                        WHERE id = ? AND revoked = 0 AND expires > ? AND remaining >= ?""",
                        signatures,
                        signatures,
                        consent,
                        now,
                        signatures)
                == 1;
    }

    @Override
    public boolean revoke(Id consent) throws Refused {
        return tx.write(
                        "UPDATE consent SET revoked = 1, opening = NULL WHERE id = ? AND revoked = 0",
                        consent)
                == 1;
    }

    @Override
    public void revokeAll(Id deviceOrCredential) throws Refused {
        tx.write(
                """
                UPDATE consent SET revoked = 1, opening = NULL
                WHERE (device = ? OR credential = ?) AND revoked = 0""",
                deviceOrCredential,
                deviceOrCredential);
    }

    @Override
    public void deleteOpenings(Instant now) throws Refused {
        tx.write(
                "UPDATE consent SET opening = NULL WHERE expires <= ? AND opening IS NOT NULL",
                now);
    }

    @Override
    public int deleteExpired(Instant then, int limit) throws Refused {
        return tx.write(
                """
                DELETE FROM consent WHERE rowid IN
                  (SELECT rowid FROM consent WHERE expires <= ? LIMIT ?)""",
                then,
                limit);
    }
}
