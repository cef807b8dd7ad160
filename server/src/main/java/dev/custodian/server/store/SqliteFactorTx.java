package dev.custodian.server.store;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import java.time.Instant;

/// Writes by SQL what is kept about changes of owners' factors, inside a transaction.
final class SqliteFactorTx extends SqliteFactorReader implements FactorTx {
    private final SqliteTx tx;

    SqliteFactorTx(SqliteTx tx) {
        super(tx.sql);
        this.tx = tx;
    }

    @Override
    public void insertJoinRequest(JoinRequestRow request) throws Refused {
        tx.writeOne(
                "INSERT INTO join_request(" + JOIN_REQUEST + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                request.device(),
                request.owner(),
                request.name(),
                request.intent(),
                request.spki(),
                request.sealed(),
                request.seq(),
                request.expires(),
                request.verdict());
    }

    @Override
    public void approveJoinRequest(Id device, long seq, Instant expires) throws Refused {
        tx.writeOne(
                "UPDATE join_request SET seq = ?, sealed = x'', expires = ? WHERE device = ?",
                seq,
                expires,
                device);
    }

    @Override
    public void deleteJoinRequest(Id device) throws Refused {
        tx.write("DELETE FROM join_request WHERE device = ?", device);
    }

    @Override
    public void insertMadeChange(MadeChangeRow change) throws Refused {
        tx.writeOne(
                "INSERT INTO made_change(intent, owner, sender, seq, expires) VALUES(?, ?, ?, ?, ?)",
                change.intent(),
                change.owner(),
                change.sender(),
                change.seq(),
                change.expires());
    }

    @Override
    public void putRecoverySlot(RecoverySlotRow slot) throws Refused {
        tx.writeOne(
                """
                INSERT OR REPLACE INTO recovery_slot(owner, pepper, seal, failures, not_before)
                VALUES(?, ?, ?, ?, ?)""",
                slot.owner(),
                slot.pepper(),
                slot.seal(),
                slot.failures(),
                slot.notBefore());
    }

    @Override
    public void deleteRecoverySlot(Id owner) throws Refused {
        tx.write("DELETE FROM recovery_slot WHERE owner = ?", owner);
    }

    @Override
    public void putRecovery(RecoveryRow recovery) throws Refused {
        tx.writeOne(
                "INSERT OR REPLACE INTO recovery(owner, spki, due, expires) VALUES(?, ?, ?, ?)",
                recovery.owner(),
                recovery.spki(),
                recovery.due(),
                recovery.expires());
    }

    @Override
    public void deleteRecovery(Id owner) throws Refused {
        tx.write("DELETE FROM recovery WHERE owner = ?", owner);
    }

    @Override
    public void say(Id device, DeviceVerdict verdict) throws Refused {
        tx.writeOne("UPDATE device SET verdict = ? WHERE id = ?", verdict, device);
    }

    @Override
    public void putProof(ProofRow proof) throws Refused {
        tx.writeOne(
                "INSERT OR REPLACE INTO device_proof(" + PROOF + ") VALUES(?, ?, ?, ?, ?, ?, ?)",
                proof.device(),
                proof.kind().text(),
                proof.pepper(),
                proof.mark(),
                proof.vouchers(),
                proof.proved(),
                proof.mac());
    }

    @Override
    public void deleteProof(Id device) throws Refused {
        tx.write("DELETE FROM device_proof WHERE device = ?", device);
    }

    @Override
    public void see(Id device, Instant now) throws Refused {
        tx.writeOne("UPDATE device SET seen = ? WHERE id = ?", now, device);
    }

    @Override
    public void revokeAuthorizations(String sender, Instant now) throws Refused {
        tx.write(
                """
                UPDATE "authorization" SET expires = ?, opening = NULL WHERE sender = ? AND expires > ?""",
                now,
                sender,
                now);
    }

    @Override
    public int deleteEnded(Instant now, int limit) throws Refused {
        int deleted = 0;
        for (var table : new String[] {"join_request", "made_change", "recovery"}) {
            deleted +=
                    tx.write(
                            "DELETE FROM "
                                    + table
                                    + " WHERE rowid IN (SELECT rowid FROM "
                                    + table
                                    + " WHERE expires <= ? LIMIT ?)",
                            now,
                            limit);
        }
        return deleted;
    }
}
