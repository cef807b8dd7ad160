package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Edge;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.server.store.ChainRow;
import dev.custodian.server.store.HeadRow;
import dev.custodian.server.store.RecordRow;
import dev.custodian.server.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Gives the records of a batch their places in chains and tree, and writes them (FORMATS §7).
///
/// Ends of chains and of the journal are read inside the transaction each time: other processes
/// append too.
final class Ledger {
    private final RandomGenerator salts;
    private final Checkpoints checkpoints;

    Ledger(RandomGenerator salts, Checkpoints checkpoints) {
        this.salts = salts;
        this.checkpoints = checkpoints;
    }

    /// Writes `drafts` in order. Chains are locked by id, then the journal's end, last of all.
    void write(Tx tx, Instant now, List<Draft> drafts) throws Refused {
        if (drafts.isEmpty()) {
            return;
        }
        var chains = chains(tx, drafts);
        var head = tx.headForUpdate();
        var edge = edge(head);
        var randomness = new byte[drafts.size() * SaltedRecord.SALT_SIZE];
        salts.nextBytes(randomness);
        var random = Bytes.of(randomness);
        var rows = new ArrayList<RecordRow>(drafts.size());
        var leaves = new ArrayList<Bytes>(drafts.size());
        for (var draft : drafts) {
            int at = rows.size() * SaltedRecord.SALT_SIZE;
            var salt = random.slice(at, at + SaltedRecord.SALT_SIZE);
            long index = head.size() + rows.size();
            var leaf =
                    switch (draft) {
                        case Draft.Chained(var id, var record, _) -> {
                            var chain = Objects.requireNonNull(chains.get(id));
                            var place = new Place(id, chain.seq() + 1, chain.prev());
                            var salted = salted(index, salt, record.apply(now, place));
                            var commitment = salted.commitment();
                            rows.add(row(salted, chain.number(), place.seq(), chain.last()));
                            chains.put(
                                    id,
                                    new ChainRow(
                                            chain.number(), id, place.seq(), commitment, index));
                            yield Merkle.leaf(commitment);
                        }
                        case Draft.Unchained(var record, _) -> {
                            var salted = salted(index, salt, record.apply(now));
                            rows.add(row(salted, 0, 0, RecordRow.NONE));
                            yield salted.leafHash();
                        }
                    };
            edge = edge.append(leaf);
            leaves.add(leaf);
            draft.written().accept(index);
        }
        tx.append(rows);
        for (var chain : chains.values()) {
            tx.updateChain(chain);
        }
        Tiles.grow(tx, head.size(), leaves);
        tx.updateHead(
                new HeadRow(edge.size(), edge.encode(), checkpoints.newest(head.checkpoint())));
    }

    private static Map<Id, ChainRow> chains(Tx tx, List<Draft> drafts) throws Refused {
        var ids = new TreeSet<Id>();
        for (var draft : drafts) {
            if (draft instanceof Draft.Chained chained) {
                ids.add(chained.chain());
            }
        }
        var chains = new HashMap<Id, ChainRow>();
        for (var id : ids) {
            chains.put(id, tx.chainForUpdate(id));
        }
        return chains;
    }

    private static SaltedRecord salted(long index, Bytes salt, JournalRecord record) {
        return new SaltedRecord(index, salt, record.encode());
    }

    private static RecordRow row(SaltedRecord salted, long chain, long seq, long back) {
        return new RecordRow(salted.index(), chain, seq, back, salted.salt(), salted.record());
    }

    static Edge edge(HeadRow head) throws Refused {
        try {
            var edge = Edge.decode(head.edge());
            if (edge.size() == head.size()) {
                return edge;
            }
        } catch (MalformedException e) {
            Writer.LOG.error("the journal's edge is not readable: {}", e.getMessage());
        }
        throw new Refused(FailureKind.STORAGE_FAILED, "The journal's head is damaged.");
    }
}
