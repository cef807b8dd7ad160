package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.HashReader;
import dev.custodian.core.journal.Merkle;
import dev.custodian.server.store.Reader;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Hashes of complete subtrees, from tiles and records. They never change, so that those once seen
/// are kept: one proof after another then costs a few hashes.
final class TreeHashes {
    private static final int KEPT = 1 << 14;

    private record Node(int level, long index) {}

    private final ConcurrentHashMap<Node, Bytes> known = new ConcurrentHashMap<>();

    /// The hashes as of a snapshot.
    HashReader<Refused> of(Reader reader) {
        return (level, index) -> node(reader, level, index);
    }

    private Bytes node(Reader reader, int level, long index) throws Refused {
        var hash = known.get(new Node(level, index));
        if (hash != null) {
            return hash;
        }
        if (known.size() > KEPT) {
            known.clear();
        }
        if (level % Tiles.HEIGHT == 0) {
            return load(reader, level, index);
        }
        var made =
                Merkle.node(
                        node(reader, level - 1, 2 * index), node(reader, level - 1, 2 * index + 1));
        known.put(new Node(level, index), made);
        return made;
    }

    /// Loads the rest of the tile too: its other hashes will be asked for next.
    private Bytes load(Reader reader, int level, long index) throws Refused {
        long tile = index / Tiles.WIDTH;
        long first = tile * Tiles.WIDTH;
        List<Bytes> hashes = Tiles.read(reader, level / Tiles.HEIGHT, tile);
        if (hashes.isEmpty() && level == 0) {
            first = index;
            hashes = Tiles.leafHashes(reader, index, (tile + 1) * Tiles.WIDTH);
        }
        if (index - first >= hashes.size()) {
            throw new Refused(FailureKind.STORAGE_FAILED, "The journal lacks a part of its tree.");
        }
        for (int i = 0; i < hashes.size(); i++) {
            known.put(new Node(level, first + i), hashes.get(i));
        }
        return hashes.get(Math.toIntExact(index - first));
    }
}
