package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.MadeChangeRow;
import dev.custodian.server.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/// Writes a change of an owner's factors: rows, MAC and record with its evidence in one
/// transaction, or nothing.
final class ChangeWriter {
    /// Made changes are remembered so long after their intent's end: if the clock is set back a
    /// little meanwhile, the intent gets the same answer as before.
    private static final Duration KEPT = Duration.ofMinutes(15);

    private final Journal journal;

    ChangeWriter(Journal journal) {
        this.journal = journal;
    }

    /// Writes `next` in place of `before`; refused as `BUSY`, so that it is tried again, when
    /// another change came first. Returns the number of its record.
    ///
    /// @param key the owner's, which `before` was found to be covered by
    /// @param what of the record
    /// @param by of the record
    /// @param sender whoever gets the same answer for the same intent
    long write(
            OwnerKey key,
            FactorRows before,
            NewRows next,
            String what,
            String by,
            String sender,
            DeviceProof proof)
            throws Refused {
        var owner = before.owner().id();
        var rows = next.rows().sealed(key);
        var change =
                new NewChange(owner, what, next.subject(), by, proof.intentHash(), next.details());
        var made =
                new MadeChangeRow(
                        proof.intentHash(),
                        owner,
                        sender,
                        rows.lastChange(),
                        proof.intent().exp().plus(KEPT));
        return journal.write(
                (tx, changes) -> {
                    if (!before.areStill(FactorRows.read(tx, owner))
                            || tx.factors().madeChange(made.intent()) != null) {
                        throw new Refused(FailureKind.BUSY, "Another change came first.");
                    }
                    next.check().check(tx);
                    update(tx, before, rows);
                    next.also().write(tx, rows.lastChange());
                    tx.factors().insertMadeChange(made);
                    return changes.append(change, proof.evidence());
                });
    }

    /// Leaves a removed device nothing: no login or token, no authorization, no consent, no proof
    /// of its hardware.
    static void end(Tx tx, Id device, Instant now) throws Refused {
        tx.deleteSessions(device);
        tx.factors().revokeAuthorizations(device.text(), now);
        tx.consents().revokeAll(device);
        tx.factors().deleteProof(device);
    }

    /// Writes what decides; counters stay as they are by now.
    private static void update(Tx tx, FactorRows before, FactorRows rows) throws Refused {
        var owner = Objects.requireNonNull(tx.owner(rows.owner().id()));
        tx.updateOwner(
                rows.owner()
                        .withName(owner.name())
                        .withFailures(owner.failures(), owner.notBefore()));
        for (var row : rows.devices()) {
            var present = tx.device(row.id());
            if (present == null) {
                tx.insertDevice(row);
            } else if (!isSame(row, present)) {
                tx.updateDevice(row.withTries(present.tries(), present.notBefore()));
            }
        }
        var slot = rows.recovery();
        if (slot == null) {
            tx.factors().deleteRecoverySlot(owner.id());
        } else if (!slot.equals(before.recovery())) {
            tx.factors().putRecoverySlot(slot);
        }
    }

    private static boolean isSame(DeviceRow one, DeviceRow other) {
        return one.withTries(0, Instant.EPOCH).equals(other.withTries(0, Instant.EPOCH));
    }
}
