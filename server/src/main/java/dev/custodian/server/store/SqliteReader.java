package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads by SQL; the snapshot begins with the first one.
class SqliteReader implements Reader {
    /// Gets the connection back when a snapshot or a transaction has ended.
    interface Ended {
        /// The connection is free; `sound` is false when it must not be used again.
        void ended(boolean sound);
    }

    final Sql sql;
    private final Ended ended;
    private boolean open = true;

    SqliteReader(Sql sql, Ended ended) {
        this.sql = sql;
        this.ended = ended;
    }

    @Override
    public FactorReader factors() {
        return new SqliteFactorReader(sql);
    }

    @Override
    public @Nullable OwnerRow owner(Id owner) throws Refused {
        return sql.one(Rows::owner, "SELECT " + Rows.OWNER + " FROM owner WHERE id = ?", owner);
    }

    @Override
    public List<OwnerRow> owners() throws Refused {
        return sql.all(Rows::owner, "SELECT " + Rows.OWNER + " FROM owner ORDER BY id");
    }

    @Override
    public @Nullable DeviceRow device(Id device) throws Refused {
        return sql.one(Rows::device, "SELECT " + Rows.DEVICE + " FROM device WHERE id = ?", device);
    }

    @Override
    public List<DeviceRow> devices(Id owner) throws Refused {
        return sql.all(
                Rows::device,
                "SELECT " + Rows.DEVICE + " FROM device WHERE owner = ? ORDER BY id",
                owner);
    }

    @Override
    public @Nullable PepperRow pepper(long number) throws Refused {
        return sql.one(
                Rows::pepper,
                "SELECT number, wrapped, created FROM pepper WHERE number = ?",
                number);
    }

    @Override
    public @Nullable PepperRow newestPepper() throws Refused {
        return sql.one(
                Rows::pepper,
                "SELECT number, wrapped, created FROM pepper ORDER BY number DESC LIMIT 1");
    }

    @Override
    public @Nullable CredentialRow credential(Id credential) throws Refused {
        return sql.one(
                Rows::credential,
                "SELECT " + Rows.CREDENTIAL + " FROM credential WHERE id = ?",
                credential);
    }

    @Override
    public @Nullable CredentialRow credentialOf(Bytes spki) throws Refused {
        return sql.one(
                Rows::credential,
                "SELECT " + Rows.CREDENTIAL + " FROM credential WHERE spki = ?",
                spki);
    }

    @Override
    public List<CredentialRow> credentials(Id owner) throws Refused {
        return sql.all(
                Rows::credential,
                "SELECT " + Rows.CREDENTIAL + " FROM credential WHERE owner = ? ORDER BY id",
                owner);
    }

    @Override
    public @Nullable InvitationRow invitation(Bytes codeHash) throws Refused {
        return sql.one(
                Rows::invitation,
                "SELECT code_hash, name, expires, used_by FROM invitation WHERE code_hash = ?",
                codeHash);
    }

    @Override
    public @Nullable SessionRow session(Bytes tokenHash) throws Refused {
        return sql.one(
                Rows::session,
                "SELECT token_hash, login, device, jkt, expires FROM session WHERE token_hash = ?",
                tokenHash);
    }

    @Override
    public @Nullable AuthorizationRow authorization(long number) throws Refused {
        return sql.one(
                Rows::authorization,
                "SELECT " + Rows.AUTHORIZATION + " FROM \"authorization\" WHERE number = ?",
                number);
    }

    @Override
    public @Nullable AuthorizationRow authorizationBySad(Bytes sad) throws Refused {
        return sql.one(
                Rows::authorization,
                "SELECT " + Rows.AUTHORIZATION + " FROM \"authorization\" WHERE sad = ?",
                sad);
    }

    @Override
    public @Nullable AuthorizationRow authorizationByIntent(Bytes intent) throws Refused {
        return sql.one(
                Rows::authorization,
                "SELECT " + Rows.AUTHORIZATION + " FROM \"authorization\" WHERE intent = ?",
                intent);
    }

    @Override
    public List<DigestRow> digests(long authorization) throws Refused {
        return sql.all(
                Rows::digest,
                "SELECT " + Rows.DIGEST + " FROM digest WHERE authorization = ? ORDER BY value",
                authorization);
    }

    @Override
    public List<DigestRow> digests(long authorization, Collection<Bytes> values) throws Refused {
        var found = new ArrayList<DigestRow>(values.size());
        for (var value : new TreeSet<>(values)) {
            var row =
                    sql.one(
                            Rows::digest,
                            "SELECT "
                                    + Rows.DIGEST
                                    + " FROM digest WHERE authorization = ? AND value = ?",
                            authorization,
                            value);
            if (row != null) {
                found.add(row);
            }
        }
        return found;
    }

    @Override
    public List<OpenUse> openUses(String node, long epoch) throws Refused {
        return sql.all(
                Rows::openUse,
                """
                SELECT DISTINCT used_in, authorization, epoch FROM digest
                WHERE state = 1 AND epoch IN (SELECT number FROM epoch WHERE node = ? AND number < ?)
                ORDER BY used_in""",
                node,
                epoch);
    }

    @Override
    public List<DigestRow> usedDigests() throws Refused {
        return sql.all(
                Rows::digest,
                "SELECT "
                        + Rows.DIGEST
                        + " FROM digest WHERE state <> 0 ORDER BY authorization, value");
    }

    @Override
    public LoginReader logins() {
        return new SqliteLoginReader(sql);
    }

    @Override
    public ConsentReader consents() {
        return new SqliteConsentReader(sql);
    }

    @Override
    public HeadRow head() throws Refused {
        var head =
                sql.one(
                        Rows::head,
                        "SELECT size, edge, checkpoint FROM journal_head WHERE one = 1");
        if (head == null) {
            throw new Refused(FailureKind.STORAGE_FAILED, "The journal has lost its head.");
        }
        return head;
    }

    @Override
    public @Nullable ChainRow chain(Id chain) throws Refused {
        return sql.one(
                Rows::chain,
                "SELECT number, chain, seq, prev, last FROM chain_head WHERE chain = ?",
                chain);
    }

    @Override
    public @Nullable RecordRow record(long index) throws Refused {
        return sql.one(
                Rows::record, "SELECT " + Rows.RECORD + " FROM journal WHERE number = ?", index);
    }

    @Override
    public List<RecordRow> records(long from, long to) throws Refused {
        return sql.all(
                Rows::record,
                "SELECT "
                        + Rows.RECORD
                        + " FROM journal WHERE number >= ? AND number < ? ORDER BY number",
                from,
                to);
    }

    @Override
    public List<RecordRow> recordsAfter(ChainRow chain, long seq, int limit, long octets)
            throws Refused {
        return sql.all(
                Rows::record,
                """
                WITH RECURSIVE walk(at, back, seq) AS (
                  SELECT number, back, seq FROM journal WHERE number = ? AND seq > ?
                  UNION ALL
                  SELECT j.number, j.back, j.seq FROM walk JOIN journal j ON j.number = walk.back WHERE j.seq > ?),
                sized(at, size, upto) AS (
                  SELECT at, length(record), SUM(length(record)) OVER (ORDER BY walk.seq)
                  FROM walk JOIN journal j ON j.number = walk.at WHERE walk.seq <= ?)
                SELECT number, chain, seq, back, salt, record FROM sized JOIN journal ON number = at
                WHERE upto <= ? OR upto = size ORDER BY seq""",
                chain.last(),
                seq,
                seq,
                seq + limit,
                octets);
    }

    @Override
    public @Nullable Bytes evidence(long index) throws Refused {
        return sql.one(Rows::bytes, "SELECT evidence FROM evidence WHERE number = ?", index);
    }

    @Override
    public boolean hasApproved(Bytes intent) throws Refused {
        return sql.one(
                        row -> row.getLong(1),
                        "SELECT number FROM evidence WHERE intent = ?",
                        intent)
                != null;
    }

    @Override
    public @Nullable Bytes tile(int level, long number) throws Refused {
        return sql.one(
                Rows::bytes,
                "SELECT hashes FROM tile WHERE level = ? AND number = ?",
                level,
                number);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            ended.ended(rollBack());
        }
    }

    /// Ends the transaction without effect; false when the connection must be closed for that.
    boolean rollBack() {
        if (sql.hasFailed()) {
            return false;
        }
        try {
            sql.run("ROLLBACK");
            return true;
        } catch (Refused e) {
            return false;
        }
    }
}
