package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.server.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// The reading side: records of a chain, and proofs.
final class History {
    /// Most octets of records in one page: an agent takes no endless answers, and many may ask at
    /// once.
    private static final long OCTETS = 1 << 20;

    private final Store store;
    private final Checkpoints checkpoints;
    private final TreeHashes hashes = new TreeHashes();

    History(Store store, Checkpoints checkpoints) {
        this.store = store;
        this.checkpoints = checkpoints;
    }

    /// What there is now; the last records may be `pending`.
    Page since(Id chain, long seq, int limit, long seen) throws Refused {
        var found = find(chain, seq, limit);
        return page(found, checkpoints.covering(found.newest()), seen);
    }

    /// The same, once a checkpoint covers it.
    Page settled(Id chain, long seq, int limit, long seen) throws Refused {
        var found = find(chain, seq, limit);
        return page(found, checkpoints.over(found.newest()), seen);
    }

    private Page page(Found found, Checkpoints.Signed checkpoint, long seen) throws Refused {
        long newest = found.newest();
        long size = checkpoint.size();
        boolean pending = newest >= size;
        // A snapshot opened after the checkpoint holds the whole of its tree.
        try (var reader = store.read()) {
            var nodes = hashes.of(reader);
            List<Bytes> proof =
                    pending || newest < 0 ? List.of() : Merkle.inclusionProof(newest, size, nodes);
            // A caller that saw more than there is finds out by the checkpoint's size.
            List<Bytes> consistency =
                    seen <= 0 || seen > size
                            ? List.of()
                            : Merkle.consistencyProof(seen, size, nodes);
            return new Page(
                    found.records, found.more, checkpoint.note(), proof, pending, consistency);
        }
    }

    void export(OutputStream out) throws Refused, IOException {
        try (var reader = store.read()) {
            var head = reader.head();
            new JournalExport(reader, out).write(head, checkpoints.sign(head));
        }
    }

    private record Found(List<SaltedRecord> records, boolean more) {
        /// Index of the last record; -1 when there is none.
        long newest() {
            return records.isEmpty() ? -1 : records.getLast().index();
        }
    }

    private Found find(Id chain, long seq, int limit) throws Refused {
        try (var reader = store.read()) {
            var end = reader.chain(chain);
            if (end == null) {
                return new Found(List.of(), false);
            }
            var rows = reader.recordsAfter(end, seq, limit, OCTETS);
            boolean more = !rows.isEmpty() && rows.getLast().seq() < end.seq();
            return new Found(rows.stream().map(Tiles::salted).toList(), more);
        }
    }
}
