package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.server.store.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/// The records of one piece of work, drafted among those of its batch.
final class Changes implements Appender {
    private final Tx tx;
    private final List<Draft> drafts;
    private final Map<Long, Evidence> evidence;
    private final int draftsBefore;
    private long firstIndex = -1;

    /// @param evidence gets what is kept beside records, by index, once they are written
    Changes(Tx tx, List<Draft> drafts, Map<Long, Evidence> evidence) {
        this.tx = tx;
        this.drafts = drafts;
        this.evidence = evidence;
        this.draftsBefore = drafts.size();
    }

    @Override
    public long append(NewChange change) throws Refused {
        return append(change, this::written);
    }

    @Override
    public long append(NewChange change, Bytes approval) throws Refused {
        var intent = Objects.requireNonNull(change.intent());
        requireNew(tx, intent);
        return append(
                change,
                index -> {
                    written(index);
                    evidence.put(index, new Evidence(intent, approval));
                });
    }

    private long append(NewChange change, LongConsumer written) throws Refused {
        var chain = change.chain();
        long seq = tx.chainForUpdate(chain).seq() + 1 + drafted(chain);
        drafts.add(new Draft.Chained(chain, (time, place) -> record(change, time, place), written));
        return seq;
    }

    @Override
    public void append(NewApproval approval) throws Refused {
        requireNew(tx, approval.intent());
        drafts.add(
                new Draft.Chained(
                        approval.chain(),
                        approval::record,
                        index -> {
                            written(index);
                            evidence.put(
                                    index, new Evidence(approval.intent(), approval.evidence()));
                        }));
    }

    @Override
    public void append(String what, String subject, String by, Map<String, String> details) {
        var sorted = ChangeDetails.sorted(details);
        drafts.add(
                new Draft.Unchained(
                        time -> new ServerChange(time, what, subject, by, sorted), this::written));
    }

    /// What was approved under an intent is forgotten some time after it ends. A clock that was
    /// wrong for a day may forget it too early; the journal does not.
    static void requireNew(Tx tx, Bytes intent) throws Refused {
        if (tx.hasApproved(intent)) {
            throw new Refused(FailureKind.INTENT_EXPIRED, "It was used before.");
        }
    }

    private static Change record(NewChange change, Instant time, Place place) {
        var details = ChangeDetails.sorted(change.details());
        var intent = change.intent();
        if (intent == null) {
            return new Change(time, place, change.what(), change.subject(), change.by(), details);
        }
        return new Change(
                time, place, change.what(), change.subject(), change.by(), intent, details);
    }

    /// Only other work's records are drafted before this one, so that their number is its distance
    /// from the chain's end.
    private long drafted(Id chain) {
        return drafts.stream()
                .filter(d -> d instanceof Draft.Chained c && c.chain().equals(chain))
                .count();
    }

    private void written(long index) {
        if (firstIndex < 0) {
            firstIndex = index;
        }
    }

    boolean isEmpty() {
        return drafts.size() == draftsBefore;
    }

    /// Index of the first record, once written; -1 when there is none.
    long firstIndex() {
        return firstIndex;
    }
}
