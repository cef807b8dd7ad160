package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A transaction begun with `BEGIN IMMEDIATE`: it holds SQLite's one write lock, so that no row
/// needs another.
final class SqliteTx extends SqliteReader implements Tx {
    private static final Bytes NO_PREV = Bytes.of(new byte[32]);

    private long writes;
    private boolean committed;

    SqliteTx(Sql sql, Ended ended) {
        super(sql, ended);
    }

    @Override
    public void commit() throws Refused {
        if (committed) {
            throw new IllegalStateException("committed twice");
        }
        sql.run("COMMIT");
        committed = true;
    }

    @Override
    boolean rollBack() {
        return committed || super.rollBack();
    }

    @Override
    public long writes() {
        return writes;
    }

    int write(String statement, @Nullable Object... values) throws Refused {
        if (committed) {
            throw new IllegalStateException("written after the commit");
        }
        writes++;
        int rows = sql.run(statement, values);
        if (rows == 0) {
            writes--;
        }
        return rows;
    }

    /// Writes exactly one row; anything else is a fault of ours and ends the transaction.
    void writeOne(String statement, @Nullable Object... values) throws Refused {
        int rows = write(statement, values);
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows changed by: " + statement);
        }
    }

    @Override
    public FactorTx factors() {
        return new SqliteFactorTx(this);
    }

    private long insertedNumber() throws Refused {
        return sql.all(row -> row.getLong(1), "SELECT last_insert_rowid()").getFirst();
    }

    @Override
    public void insertOwner(OwnerRow owner) throws Refused {
        writeOne(
                "INSERT INTO owner(" + Rows.OWNER + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                owner.id(),
                owner.name(),
                owner.publicKey(),
                owner.publicKeyMac(),
                owner.pinPepper(),
                owner.pinSalt(),
                owner.pinSeal(),
                owner.factorsMac(),
                owner.failures(),
                owner.notBefore(),
                owner.created());
    }

    @Override
    public void updateOwner(OwnerRow owner) throws Refused {
        writeOne(
                """
                UPDATE owner SET name = ?, public_key = ?, public_key_mac = ?, pin_pepper = ?, pin_salt = ?,
                  pin_seal = ?, factors_mac = ?, failures = ?, not_before = ? WHERE id = ?""",
                owner.name(),
                owner.publicKey(),
                owner.publicKeyMac(),
                owner.pinPepper(),
                owner.pinSalt(),
                owner.pinSeal(),
                owner.factorsMac(),
                owner.failures(),
                owner.notBefore(),
                owner.id());
    }

    @Override
    public void insertDevice(DeviceRow device) throws Refused {
        writeOne(
                "INSERT INTO device(" + Rows.DEVICE + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                device.id(),
                device.owner(),
                device.slot(),
                device.name(),
                device.spki(),
                device.sharePublic(),
                device.slotBox(),
                device.state(),
                device.tries(),
                device.notBefore(),
                device.created());
    }

    @Override
    public void updateDevice(DeviceRow device) throws Refused {
        writeOne(
                """
                UPDATE device SET slot = ?, name = ?, spki = ?, share_public = ?, slot_box = ?, state = ?, tries = ?,
                  not_before = ? WHERE id = ?""",
                device.slot(),
                device.name(),
                device.spki(),
                device.sharePublic(),
                device.slotBox(),
                device.state(),
                device.tries(),
                device.notBefore(),
                device.id());
    }

    @Override
    public void insertPepper(PepperRow pepper) throws Refused {
        writeOne(
                "INSERT INTO pepper(number, wrapped, created) VALUES(?, ?, ?)",
                pepper.number(),
                pepper.wrapped(),
                pepper.created());
    }

    @Override
    public void updatePepper(PepperRow pepper) throws Refused {
        writeOne(
                "UPDATE pepper SET wrapped = ? WHERE number = ?",
                pepper.wrapped(),
                pepper.number());
    }

    @Override
    public void insertCredential(CredentialRow credential) throws Refused {
        writeOne(
                "INSERT INTO credential("
                        + Rows.CREDENTIAL
                        + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                credential.id(),
                credential.owner(),
                credential.purpose().text(),
                credential.custody().text(),
                credential.algorithm().display(),
                credential.spki(),
                credential.policy(),
                credential.version(),
                credential.vault(),
                credential.keyId(),
                credential.mechanism(),
                credential.key(),
                Rows.join(credential.certificates()),
                credential.created(),
                credential.origin().text());
    }

    @Override
    public void updateCredential(CredentialRow credential) throws Refused {
        writeOne(
                """
                UPDATE credential SET purpose = ?, custody = ?, policy = ?, version = ?, vault = ?, key_id = ?,
                  mechanism = ?, key = ?, certificates = ? WHERE id = ?""",
                credential.purpose().text(),
                credential.custody().text(),
                credential.policy(),
                credential.version(),
                credential.vault(),
                credential.keyId(),
                credential.mechanism(),
                credential.key(),
                Rows.join(credential.certificates()),
                credential.id());
    }

    @Override
    public boolean replaceKey(CredentialRow read, InnerKey newer, Bytes key) throws Refused {
        return write(
                        """
                        UPDATE credential SET vault = ?, key_id = ?, mechanism = ?, key = ? WHERE id = ?
                          AND version = ? AND vault = ? AND key_id = ? AND mechanism = ? AND key = ?""",
                        newer.vault(),
                        newer.keyId(),
                        newer.mechanism(),
                        key,
                        read.id(),
                        read.version(),
                        read.vault(),
                        read.keyId(),
                        read.mechanism(),
                        read.key())
                == 1;
    }

    @Override
    public void insertInvitation(InvitationRow invitation) throws Refused {
        writeOne(
                "INSERT INTO invitation(code_hash, name, expires, used_by) VALUES(?, ?, ?, ?)",
                invitation.codeHash(),
                invitation.name(),
                invitation.expires(),
                invitation.usedBy());
    }

    @Override
    public boolean takeInvitation(Bytes codeHash, Id owner, Instant now) throws Refused {
        return write(
                        "UPDATE invitation SET used_by = ? WHERE code_hash = ? AND used_by IS NULL AND expires > ?",
                        owner,
                        codeHash,
                        now)
                == 1;
    }

    @Override
    public void insertSession(SessionRow session) throws Refused {
        writeOne(
                "INSERT INTO session(token_hash, login, device, jkt, expires) VALUES(?, ?, ?, ?, ?)",
                session.tokenHash(),
                session.login(),
                session.device(),
                session.jkt(),
                session.expires());
    }

    @Override
    public void deleteSessions(Id device) throws Refused {
        write("DELETE FROM session WHERE device = ?", device);
        logins().endAll(device);
    }

    @Override
    public boolean takeJti(Bytes hash, Instant expires) throws Refused {
        return write(
                        "INSERT INTO jti(hash, expires) VALUES(?, ?) ON CONFLICT DO NOTHING",
                        hash,
                        expires)
                == 1;
    }

    @Override
    public int deleteEnded(Instant now, int limit) throws Refused {
        return write(
                        """
                        DELETE FROM session WHERE rowid IN
                          (SELECT rowid FROM session WHERE expires <= ? LIMIT ?)""",
                        now,
                        limit)
                + write(
                        "DELETE FROM jti WHERE rowid IN (SELECT rowid FROM jti WHERE expires <= ? LIMIT ?)",
                        now,
                        limit);
    }

    @Override
    public AuthorizationRow insertAuthorization(
            AuthorizationRow authorization, Collection<NewDigest> digests) throws Refused {
        var opening = authorization.opening();
        writeOne(
                """
                INSERT INTO "authorization"(id, intent, sad, owner, credential, sender, level, factors, approval,
                  expires, pending, opening, vault, key_id, mechanism)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                authorization.id(),
                authorization.intent(),
                authorization.sad(),
                authorization.owner(),
                authorization.credential(),
                authorization.sender(),
                authorization.level(),
                String.join(" ", authorization.factors()),
                authorization.approval(),
                authorization.expires(),
                digests.size(),
                opening == null ? null : opening.sealed(),
                opening == null ? null : opening.vault(),
                opening == null ? null : opening.keyId(),
                opening == null ? null : opening.mechanism());
        long number = insertedNumber();
        for (var digest : digests) {
            writeOne(
                    "INSERT INTO digest(authorization, value, hash, state) VALUES(?, ?, ?, 0)",
                    number,
                    digest.value(),
                    digest.hash());
        }
        return authorization.withNumber(number);
    }

    @Override
    public void revokeAuthorizations(Id credential, Instant now) throws Refused {
        write(
                """
                UPDATE "authorization" SET expires = ?, opening = NULL
                WHERE credential = ? AND expires > ?""",
                now,
                credential,
                now);
    }

    @Override
    public void consume(long authorization, Bytes value, HashAlgorithm hash, DigestRow.Used used)
            throws Refused {
        writeOne(
                """
                UPDATE digest SET state = 1, hash = ?, used_in = ?, epoch = ?, scheme = ?
                WHERE authorization = ? AND value = ? AND state = 0""",
                hash,
                used.use(),
                used.epoch(),
                used.scheme().code(),
                authorization,
                value);
    }

    @Override
    public boolean close(
            long authorization, Bytes value, DigestRow.Used used, DigestRow.State result)
            throws Refused {
        return switch (result) {
            case DigestRow.Free() -> close(authorization, value, used, Rows.FREE, false, null);
            case DigestRow.Signed(_, _, var signature) ->
                    close(authorization, value, used, Rows.SIGNED, true, signature);
            case DigestRow.Unknown(_, _) ->
                    close(authorization, value, used, Rows.UNKNOWN, true, null);
            case DigestRow.Used(_, _, _) ->
                    throw new IllegalArgumentException("used is not closed");
        };
    }

    private boolean close(
            long authorization,
            Bytes value,
            DigestRow.Used used,
            int state,
            boolean kept,
            @Nullable Bytes result)
            throws Refused {
        return write(
                        """
                        UPDATE digest SET state = ?, used_in = ?, epoch = NULL, scheme = ?, result = ?
                        WHERE authorization = ? AND value = ? AND state = 1 AND used_in = ? AND epoch = ?""",
                        state,
                        kept ? used.use() : null,
                        kept ? used.scheme().code() : null,
                        result,
                        authorization,
                        value,
                        used.use(),
                        used.epoch())
                == 1;
    }

    @Override
    public void settle(long authorization, int digests) throws Refused {
        writeOne(
                """
                UPDATE "authorization" SET pending = pending - ?,
                  opening = CASE WHEN pending <= ? THEN NULL ELSE opening END WHERE number = ?""",
                digests,
                digests,
                authorization);
    }

    @Override
    public void deleteOpenings(Instant now) throws Refused {
        write(
                "UPDATE \"authorization\" SET opening = NULL WHERE expires <= ? AND opening IS NOT NULL",
                now);
    }

    @Override
    public int deleteExpired(Instant then, int limit) throws Refused {
        var ended =
                sql.all(
                        row -> row.getLong(1),
                        """
                        SELECT number FROM "authorization" a WHERE expires <= ?
                          AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.authorization = a.number AND d.state = 1)
                        ORDER BY number LIMIT ?""",
                        then,
                        limit);
        for (var number : ended) {
            write("DELETE FROM digest WHERE authorization = ?", number);
            write("DELETE FROM \"authorization\" WHERE number = ?", number);
        }
        return ended.size();
    }

    @Override
    public LoginTx logins() {
        return new SqliteLoginTx(this);
    }

    @Override
    public ConsentTx consents() {
        return new SqliteConsentTx(this);
    }

    @Override
    public long beginEpoch(String node, Instant now) throws Refused {
        writeOne("INSERT INTO epoch(node, started) VALUES(?, ?)", node, now);
        return insertedNumber();
    }

    @Override
    public void deleteEpochs(String node, long epoch) throws Refused {
        write("DELETE FROM epoch WHERE node = ? AND number < ?", node, epoch);
    }

    @Override
    public ChainRow chainForUpdate(Id chain) throws Refused {
        var found = chain(chain);
        if (found != null) {
            return found;
        }
        writeOne(
                "INSERT INTO chain_head(chain, seq, prev, last) VALUES(?, 0, ?, ?)",
                chain,
                NO_PREV,
                RecordRow.NONE);
        var made = chain(chain);
        if (made == null) {
            throw new IllegalStateException("an inserted chain is not there");
        }
        return made;
    }

    @Override
    public void updateChain(ChainRow chain) throws Refused {
        writeOne(
                "UPDATE chain_head SET seq = ?, prev = ?, last = ? WHERE number = ?",
                chain.seq(),
                chain.prev(),
                chain.last(),
                chain.number());
    }

    @Override
    public HeadRow headForUpdate() throws Refused {
        return head();
    }

    @Override
    public void updateHead(HeadRow head) throws Refused {
        writeOne(
                "UPDATE journal_head SET size = ?, edge = ?, checkpoint = ? WHERE one = 1",
                head.size(),
                head.edge(),
                head.checkpoint());
    }

    @Override
    public void append(List<RecordRow> records) throws Refused {
        for (var r : records) {
            writeOne(
                    "INSERT INTO journal(" + Rows.RECORD + ") VALUES(?, ?, ?, ?, ?, ?)",
                    r.index(),
                    r.chain(),
                    r.seq(),
                    r.back(),
                    r.salt(),
                    r.record());
        }
    }

    @Override
    public void insertEvidence(long index, Bytes intent, Bytes evidence) throws Refused {
        writeOne(
                "INSERT INTO evidence(number, intent, evidence) VALUES(?, ?, ?)",
                index,
                intent,
                evidence);
    }

    @Override
    public void putTile(int level, long number, Bytes hashes) throws Refused {
        writeOne(
                """
                INSERT INTO tile(level, number, hashes) VALUES(?, ?, ?)
                ON CONFLICT(level, number) DO UPDATE SET hashes = excluded.hashes""",
                level,
                number,
                hashes);
    }
}
