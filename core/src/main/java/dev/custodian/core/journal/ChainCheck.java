package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.journal.JournalBrokenException.Reason;
import java.util.List;

/// The check that an agent makes of every answer from the journal (DESIGN §6), in three steps:
/// [#continues] for the checkpoint, [#follow] for the records, [#includes] for the newest of them.
/// After all three, nobody can rewrite, drop or reorder what was seen without being noticed.
public final class ChainCheck {

    private ChainCheck() {}

    /// Checks that a checkpoint continues the last one that was seen.
    ///
    /// @param last [Checkpoint#start] before any was seen
    /// @param note the new one
    /// @param key of the journal
    /// @param consistency RFC 6962 proof from the last size to the new one
    /// @return the new checkpoint, to be kept as the last one seen
    public static Checkpoint continues(
            Checkpoint last, SignedNote note, VerifierKey key, List<Bytes> consistency)
            throws JournalBrokenException {
        var next = note.verify(key);
        if (!next.origin().equals(last.origin())) {
            throw new JournalBrokenException(Reason.OTHER_JOURNAL);
        }
        if (next.size() < last.size()) {
            throw new JournalBrokenException(Reason.CHECKPOINT_OLDER);
        }
        if (!Merkle.consistent(last.size(), last.root(), next.size(), next.root(), consistency)) {
            throw new JournalBrokenException(Reason.NOT_CONSISTENT);
        }
        return next;
    }

    /// Checks that records follow the last one that was seen, one after the other.
    ///
    /// @return what to remember instead; the same when there are no records
    public static ChainMemory follow(ChainMemory last, List<SaltedRecord> records)
            throws JournalBrokenException {
        var memory = last;
        for (var next : records) {
            memory = follow(memory, next);
        }
        return memory;
    }

    private static ChainMemory follow(ChainMemory last, SaltedRecord next)
            throws JournalBrokenException {
        var place = place(next);
        var commitment = next.commitment();
        if (!place.chain().equals(last.chain())) {
            throw new JournalBrokenException(Reason.OTHER_CHAIN);
        }
        if (place.seq() == last.seq() && !commitment.equals(last.commitment())) {
            throw new JournalBrokenException(Reason.FORK);
        }
        if (place.seq() <= last.seq()) {
            throw new JournalBrokenException(Reason.REPEATED);
        }
        if (place.seq() > last.seq() + 1) {
            throw new JournalBrokenException(Reason.GAP);
        }
        if (!place.prev().equals(last.commitment())) {
            throw new JournalBrokenException(Reason.FORK);
        }
        if (next.index() <= last.index()) {
            throw new JournalBrokenException(Reason.ORDER);
        }
        return new ChainMemory(last.chain(), place.seq(), next.index(), commitment);
    }

    private static Place place(SaltedRecord record) throws JournalBrokenException {
        try {
            return switch (JournalRecord.parse(record.record())) {
                case JournalRecord.Chained chained -> chained.place();
                case ServerChange _ -> throw new JournalBrokenException(Reason.OTHER_CHAIN);
            };
        } catch (MalformedException e) {
            throw new JournalBrokenException(Reason.RECORD_MALFORMED, e);
        }
    }

    /// Checks that the newest record of a chain is in the tree of a checkpoint.
    ///
    /// @param checkpoint as [#continues] returned it
    /// @param proof RFC 6962 proof for the record's index in the checkpoint's size
    /// @throws JournalBrokenException with [Reason#NOT_COVERED] when the checkpoint is too small,
    ///   which is no offence of a server that said `pending`
    public static void includes(Checkpoint checkpoint, ChainMemory newest, List<Bytes> proof)
            throws JournalBrokenException {
        if (newest.index() >= checkpoint.size()) {
            throw new JournalBrokenException(Reason.NOT_COVERED);
        }
        var leaf = Merkle.leaf(newest.commitment());
        if (!Merkle.includes(newest.index(), leaf, checkpoint.size(), checkpoint.root(), proof)) {
            throw new JournalBrokenException(Reason.NOT_INCLUDED);
        }
    }
}
