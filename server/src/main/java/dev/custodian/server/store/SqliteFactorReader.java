package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads by SQL what is kept about changes of owners' factors.
class SqliteFactorReader implements FactorReader {
    static final String JOIN_REQUEST =
            "device, owner, name, intent, spki, sealed, seq, expires, verdict";
    static final String PROOF = "device, kind, pepper, mark, vouchers, proved, mac";

    final Sql sql;

    SqliteFactorReader(Sql sql) {
        this.sql = sql;
    }

    @Override
    public @Nullable JoinRequestRow joinRequest(Id device) throws Refused {
        return sql.one(
                SqliteFactorReader::joinRequest,
                "SELECT " + JOIN_REQUEST + " FROM join_request WHERE device = ?",
                device);
    }

    @Override
    public @Nullable JoinRequestRow joinRequestOf(Bytes intent) throws Refused {
        return sql.one(
                SqliteFactorReader::joinRequest,
                "SELECT " + JOIN_REQUEST + " FROM join_request WHERE intent = ?",
                intent);
    }

    @Override
    public List<JoinRequestRow> joinRequests(Id owner) throws Refused {
        return sql.all(
                SqliteFactorReader::joinRequest,
                "SELECT " + JOIN_REQUEST + " FROM join_request WHERE owner = ? ORDER BY device",
                owner);
    }

    private static JoinRequestRow joinRequest(ResultSet row)
            throws SQLException, MalformedException {
        return new JoinRequestRow(
                Id.parse(Id.Kind.DEVICE, row.getString(1)),
                Id.parse(Id.Kind.OWNER, row.getString(2)),
                row.getString(3),
                Bytes.of(row.getBytes(4)),
                Bytes.of(row.getBytes(5)),
                Bytes.of(row.getBytes(6)),
                row.getLong(7),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getString(9) == null ? null : DeviceVerdict.parseSaid(row.getString(9)));
    }

    @Override
    public @Nullable MadeChangeRow madeChange(Bytes intent) throws Refused {
        return sql.one(
                row ->
                        new MadeChangeRow(
                                Bytes.of(row.getBytes(1)),
                                Id.parse(Id.Kind.OWNER, row.getString(2)),
                                row.getString(3),
                                row.getLong(4),
                                Instant.ofEpochMilli(row.getLong(5))),
                "SELECT intent, owner, sender, seq, expires FROM made_change WHERE intent = ?",
                intent);
    }

    @Override
    public @Nullable RecoverySlotRow recoverySlot(Id owner) throws Refused {
        return sql.one(
                row ->
                        new RecoverySlotRow(
                                Id.parse(Id.Kind.OWNER, row.getString(1)),
                                row.getLong(2),
                                Bytes.of(row.getBytes(3)),
                                row.getInt(4),
                                Instant.ofEpochMilli(row.getLong(5))),
                "SELECT owner, pepper, seal, failures, not_before FROM recovery_slot WHERE owner = ?",
                owner);
    }

    @Override
    public @Nullable RecoveryRow recovery(Id owner) throws Refused {
        return sql.one(
                row ->
                        new RecoveryRow(
                                Id.parse(Id.Kind.OWNER, row.getString(1)),
                                Bytes.of(row.getBytes(2)),
                                Instant.ofEpochMilli(row.getLong(3)),
                                Instant.ofEpochMilli(row.getLong(4))),
                "SELECT owner, spki, due, expires FROM recovery WHERE owner = ?",
                owner);
    }

    private record SaidOf(Id device, DeviceVerdict verdict) {}

    @Override
    public Map<Id, DeviceVerdict> said(Id owner) throws Refused {
        var said = new HashMap<Id, DeviceVerdict>();
        sql.all(
                        row ->
                                new SaidOf(
                                        Id.parse(Id.Kind.DEVICE, row.getString(1)),
                                        DeviceVerdict.parseSaid(row.getString(2))),
                        "SELECT id, verdict FROM device WHERE owner = ? AND verdict IS NOT NULL",
                        owner)
                .forEach(one -> said.put(one.device, one.verdict));
        return Map.copyOf(said);
    }

    @Override
    public @Nullable ProofRow proof(Id device) throws Refused {
        return sql.one(
                row ->
                        new ProofRow(
                                Id.parse(Id.Kind.DEVICE, row.getString(1)),
                                ProofKind.parse(row.getString(2)),
                                row.getLong(3),
                                Bytes.of(row.getBytes(4)),
                                Bytes.of(row.getBytes(5)),
                                Instant.ofEpochMilli(row.getLong(6)),
                                Bytes.of(row.getBytes(7))),
                "SELECT " + PROOF + " FROM device_proof WHERE device = ?",
                device);
    }

    private record Seen(Id device, Instant at) {}

    @Override
    public Map<Id, Instant> seen(Id owner) throws Refused {
        var seen = new HashMap<Id, Instant>();
        sql.all(
                        row ->
                                new Seen(
                                        Id.parse(Id.Kind.DEVICE, row.getString(1)),
                                        Instant.ofEpochMilli(row.getLong(2))),
                        "SELECT id, seen FROM device WHERE owner = ? AND seen IS NOT NULL",
                        owner)
                .forEach(one -> seen.put(one.device, one.at));
        return Map.copyOf(seen);
    }
}
