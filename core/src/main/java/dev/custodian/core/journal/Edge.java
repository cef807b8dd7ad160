package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The right edge of a tree: all that must be kept to append leaves and to know the root.
///
/// @param size number of leaves
/// @param nodes the complete subtrees that make up the tree, largest first: one for each bit that
///   is set in `size`
public record Edge(long size, List<Bytes> nodes) {

    /// The edge of the tree without leaves.
    public static final Edge EMPTY = new Edge(0, List.of());

    public Edge {
        Merkle.requireSize(size);
        nodes = List.copyOf(nodes);
        if (nodes.size() != Long.bitCount(size)) {
            throw new IllegalArgumentException(
                    nodes.size() + " nodes are no edge of " + size + " leaves");
        }
        for (var node : nodes) {
            Merkle.requireHash(node);
        }
    }

    /// The edge after one more leaf.
    public Edge append(Bytes leafHash) {
        var grown = new ArrayList<>(nodes);
        var hash = leafHash;
        for (var full = size; (full & 1) == 1; full >>= 1) {
            hash = Merkle.node(grown.removeLast(), hash);
        }
        grown.add(hash);
        return new Edge(Math.addExact(size, 1), grown);
    }

    /// The root of the tree.
    public Bytes root() {
        if (nodes.isEmpty()) {
            return Merkle.EMPTY_ROOT;
        }
        var root = nodes.getLast();
        for (var node : nodes.reversed().subList(1, nodes.size())) {
            root = Merkle.node(node, root);
        }
        return root;
    }

    /// `u64 size | 32 octets per node`.
    public Bytes encode() {
        var octets = ByteBuffer.allocate(Long.BYTES + nodes.size() * Merkle.HASH_SIZE);
        octets.putLong(size);
        nodes.forEach(node -> octets.put(node.toArray()));
        return Bytes.of(octets.array());
    }

    /// Reads what {@link #encode} wrote, and nothing else.
    public static Edge decode(Bytes encoded) throws MalformedException {
        if (encoded.size() < Long.BYTES) {
            throw new MalformedException(Reason.SIZE, "an edge without its size");
        }
        var octets = ByteBuffer.wrap(encoded.toArray());
        var size = octets.getLong();
        if (size < 0 || octets.remaining() != Long.bitCount(size) * Merkle.HASH_SIZE) {
            throw new MalformedException(Reason.SIZE, "an edge whose length does not fit its size");
        }
        var nodes = new ArrayList<Bytes>();
        while (octets.hasRemaining()) {
            var node = new byte[Merkle.HASH_SIZE];
            octets.get(node);
            nodes.add(Bytes.of(node));
        }
        return new Edge(size, nodes);
    }
}
