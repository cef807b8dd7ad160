package dev.custodian.server.journal;

import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.OpenUse;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Closes as `unknown` what a node left open when it last ran: whether those were signed, nobody
/// can say any more. Other nodes' uses are theirs.
final class Recovery {
    private final Store store;
    private final Clock clock;
    private final Ledger ledger;

    Recovery(Store store, Clock clock, Ledger ledger) {
        this.store = store;
        this.clock = clock;
        this.ledger = ledger;
    }

    /// Begins the node's next epoch and returns its number.
    long begin(String node) throws Refused {
        long epoch;
        List<OpenUse> open;
        try (var tx = store.begin()) {
            epoch = tx.beginEpoch(node, clock.instant());
            open = tx.openUses(node, epoch);
            tx.commit();
        }
        for (int from = 0; from < open.size(); from += Inbox.BATCH) {
            var some = open.subList(from, Math.min(from + Inbox.BATCH, open.size()));
            try (var tx = store.begin()) {
                var drafts = new ArrayList<Draft>();
                for (var use : some) {
                    drafts.add(close(tx, use));
                }
                ledger.write(tx, clock.instant(), drafts);
                tx.commit();
            }
        }
        if (!open.isEmpty()) {
            Writer.LOG.warn("{} uses of an earlier run are closed as unknown", open.size());
        }
        try (var tx = store.begin()) {
            tx.deleteEpochs(node, epoch);
            tx.commit();
        }
        return epoch;
    }

    private static Draft close(Tx tx, OpenUse open) throws Refused {
        var use = use(tx, open.use());
        var used = new DigestRow.Used(open.use(), open.epoch(), use.scheme());
        for (var digest : use.digests()) {
            var unknown = new DigestRow.Unknown(open.use(), use.scheme());
            if (!tx.close(open.authorization(), digest.value(), used, unknown)) {
                throw new Refused(
                        FailureKind.TAMPERED, "Use " + open.use() + " is closed in part.");
            }
        }
        tx.settle(open.authorization(), use.digests().size());
        var results =
                Collections.<Outcome.Result>nCopies(
                        use.digests().size(), new Outcome.Result.Unknown());
        return new Draft.Chained(
                use.place().chain(),
                (time, place) -> new Outcome(time, place, open.use(), results),
                Draft.UNHEARD);
    }

    private static Use use(Tx tx, long index) throws Refused {
        var row = tx.record(index);
        try {
            if (row != null && JournalRecord.parse(row.record()) instanceof Use use) {
                return use;
            }
        } catch (MalformedException e) {
            Writer.LOG.error("record {} is not readable: {}", index, e.getMessage());
        }
        throw new Refused(FailureKind.STORAGE_FAILED, "The journal lacks the record of a use.");
    }
}
