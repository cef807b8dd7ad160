package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.RecordRow;
import dev.custodian.server.store.Tx;
import java.util.ArrayList;
import java.util.List;

/// The tree's inner nodes, kept as tiles: tile `n` of level `l` holds the hashes of the complete
/// subtrees of `2^(8·l)` leaves, from number `256·n` on. Level 0 is written when it is full, since
/// the records themselves give the hashes of its last one; the higher levels grow with each tile
/// below.
final class Tiles {
    /// Hashes in a full tile.
    static final int WIDTH = 256;

    /// Levels of the tree in one tile.
    static final int HEIGHT = 8;

    private Tiles() {}

    /// Writes what `leaves` complete, which follow the first `size`.
    static void grow(Tx tx, long size, List<Bytes> leaves) throws Refused {
        long end = size + leaves.size();
        for (long number = size / WIDTH; number < end / WIDTH; number++) {
            long from = number * WIDTH;
            var hashes = new ArrayList<Bytes>(WIDTH);
            if (from < size) {
                hashes.addAll(leafHashes(tx, from, size));
            }
            int first = Math.toIntExact(from + hashes.size() - size);
            hashes.addAll(leaves.subList(first, Math.toIntExact(from + WIDTH - size)));
            put(tx, 0, number, hashes);
        }
    }

    private static void put(Tx tx, int level, long number, List<Bytes> hashes) throws Refused {
        tx.putTile(level, number, Bytes.concat(hashes.toArray(Bytes[]::new)));
        if (hashes.size() == WIDTH) {
            var above = new ArrayList<>(read(tx, level + 1, number / WIDTH));
            if (above.size() != number % WIDTH) {
                throw new IllegalStateException(
                        "tile " + number / WIDTH + " of level " + (level + 1) + " has a gap");
            }
            above.add(Merkle.root(hashes));
            put(tx, level + 1, number / WIDTH, above);
        }
    }

    /// The hashes of a tile; empty when it is not written.
    static List<Bytes> read(Reader reader, int level, long number) throws Refused {
        var tile = reader.tile(level, number);
        var hashes = new ArrayList<Bytes>(WIDTH);
        if (tile != null) {
            for (int at = 0; at + Merkle.HASH_SIZE <= tile.size(); at += Merkle.HASH_SIZE) {
                hashes.add(tile.slice(at, at + Merkle.HASH_SIZE));
            }
        }
        return hashes;
    }

    /// Leaf hashes computed from the records themselves.
    static List<Bytes> leafHashes(Reader reader, long from, long to) throws Refused {
        return reader.records(from, to).stream().map(row -> salted(row).leafHash()).toList();
    }

    static SaltedRecord salted(RecordRow row) {
        return new SaltedRecord(row.index(), row.salt(), row.record());
    }
}
