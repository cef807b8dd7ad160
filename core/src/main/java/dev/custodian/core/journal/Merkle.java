package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.util.ArrayList;
import java.util.List;

/// The Merkle tree of RFC 6962 §2.1 over SHA-256: its hashes, its proofs and their checks.
///
/// Leaves are counted from 0. Proofs are lists of 32-byte hashes in the order of RFC 6962, so that
/// other programs check them as they are.
public final class Merkle {

    /// Octets in a hash.
    public static final int HASH_SIZE = 32;

    /// More hashes than any proof of a tree can hold whose size fits in 63 bits.
    public static final int MAX_PROOF = 64;

    /// The root of the tree without leaves.
    public static final Bytes EMPTY_ROOT = Hashes.sha256();

    private static final Bytes LEAF = Bytes.of((byte) 0);
    private static final Bytes NODE = Bytes.of((byte) 1);

    private Merkle() {}

    /// `H(0x00 | content)`.
    public static Bytes leaf(Bytes content) {
        return Hashes.sha256(LEAF, content);
    }

    /// `H(0x01 | left | right)`.
    public static Bytes node(Bytes left, Bytes right) {
        return Hashes.sha256(NODE, left, right);
    }

    /// The root over hashes in order: leaf hashes, or the nodes of any one level. The hash of a
    /// complete subtree is the root over its nodes.
    public static Bytes root(List<Bytes> hashes) {
        if (hashes.isEmpty()) {
            return EMPTY_ROOT;
        }
        return subtree(0, hashes.size(), (level, index) -> wholeNode(hashes, level, index));
    }

    private static Bytes wholeNode(List<Bytes> hashes, int level, long index) {
        if (level == 0) {
            return hashes.get(Math.toIntExact(index));
        }
        return node(
                wholeNode(hashes, level - 1, 2 * index),
                wholeNode(hashes, level - 1, 2 * index + 1));
    }

    /// The root of the first `size` leaves.
    public static <E extends Exception> Bytes root(long size, HashReader<E> hashes) throws E {
        requireSize(size);
        return size == 0 ? EMPTY_ROOT : subtree(0, size, hashes);
    }

    /// Proves that leaf `index` is in the tree of the first `size` leaves (RFC 6962 §2.1.1,
    /// `PATH`).
    public static <E extends Exception> List<Bytes> inclusionProof(
            long index, long size, HashReader<E> hashes) throws E {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("leaf " + index + " of " + size);
        }
        var proof = new ArrayList<Bytes>();
        path(index, 0, size, hashes, proof);
        return List.copyOf(proof);
    }

    private static <E extends Exception> void path(
            long index, long from, long to, HashReader<E> hashes, List<Bytes> proof) throws E {
        if (to - from == 1) {
            return;
        }
        var middle = from + split(to - from);
        if (index < middle) {
            path(index, from, middle, hashes, proof);
            proof.add(subtree(middle, to, hashes));
        } else {
            path(index, middle, to, hashes, proof);
            proof.add(subtree(from, middle, hashes));
        }
    }

    /// Proves that the tree of the first `size` leaves begins with that of the first `oldSize` (RFC
    /// 6962 §2.1.2, `PROOF`). Empty when the old tree is empty or both are the same.
    public static <E extends Exception> List<Bytes> consistencyProof(
            long oldSize, long size, HashReader<E> hashes) throws E {
        if (oldSize < 0 || oldSize > size) {
            throw new IndexOutOfBoundsException("first " + oldSize + " of " + size);
        }
        var proof = new ArrayList<Bytes>();
        if (oldSize > 0) {
            subproof(oldSize, 0, size, true, hashes, proof);
        }
        return List.copyOf(proof);
    }

    private static <E extends Exception> void subproof(
            long oldSize,
            long from,
            long to,
            boolean rootIsKnown,
            HashReader<E> hashes,
            List<Bytes> proof)
            throws E {
        if (oldSize == to) {
            if (!rootIsKnown) {
                proof.add(subtree(from, to, hashes));
            }
            return;
        }
        var middle = from + split(to - from);
        if (oldSize <= middle) {
            subproof(oldSize, from, middle, rootIsKnown, hashes, proof);
            proof.add(subtree(middle, to, hashes));
        } else {
            subproof(oldSize, middle, to, false, hashes, proof);
            proof.add(subtree(from, middle, hashes));
        }
    }

    /// Says whether `proof` shows that `leafHash` is leaf `index` of the tree of this size and root
    /// (RFC 9162 §2.1.3.2). Never throws on a wrong proof, whatever its length or the numbers
    /// beside it.
    public static boolean includes(
            long index, Bytes leafHash, long size, Bytes root, List<Bytes> proof) {
        if (index < 0 || index >= size || !areHashes(proof)) {
            return false;
        }
        var position = index;
        var last = size - 1;
        var hash = leafHash;
        for (var sibling : proof) {
            if (last == 0) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                hash = node(sibling, hash);
                var missing = Long.numberOfTrailingZeros(position);
                position >>= missing;
                last >>= missing;
            } else {
                hash = node(hash, sibling);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 && hash.equals(root);
    }

    /// Says whether `proof` shows that the tree of size `size` begins with that of size `oldSize`
    /// (RFC 9162 §2.1.4.2). Never throws on a wrong proof.
    public static boolean consistent(
            long oldSize, Bytes oldRoot, long size, Bytes root, List<Bytes> proof) {
        if (oldSize < 0 || oldSize > size || !areHashes(proof)) {
            return false;
        }
        if (oldSize == 0) {
            return proof.isEmpty() && oldRoot.equals(EMPTY_ROOT);
        }
        if (oldSize == size) {
            return proof.isEmpty() && oldRoot.equals(root);
        }
        var up = Long.numberOfTrailingZeros(oldSize);
        var position = (oldSize - 1) >> up;
        var last = (size - 1) >> up;
        // An old tree that is one complete subtree is itself the first hash of the walk.
        var next = proof.iterator();
        if (position != 0 && !next.hasNext()) {
            return false;
        }
        var oldHash = position == 0 ? oldRoot : next.next();
        var hash = oldHash;
        while (next.hasNext()) {
            var sibling = next.next();
            if (last == 0) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                oldHash = node(sibling, oldHash);
                hash = node(sibling, hash);
                var missing = Long.numberOfTrailingZeros(position);
                position >>= missing;
                last >>= missing;
            } else {
                hash = node(hash, sibling);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 && oldHash.equals(oldRoot) && hash.equals(root);
    }

    private static boolean areHashes(List<Bytes> proof) {
        return proof.size() <= MAX_PROOF
                && proof.stream().allMatch(hash -> hash.size() == HASH_SIZE);
    }

    /// The hash over leaves `from` to `to`, where `from` is a multiple of the smallest power of two
    /// that is not below their number: so RFC 6962 cuts its trees.
    private static <E extends Exception> Bytes subtree(long from, long to, HashReader<E> hashes)
            throws E {
        var size = to - from;
        if (Long.bitCount(size) == 1) {
            var level = Long.numberOfTrailingZeros(size);
            return hashes.node(level, from >> level);
        }
        var middle = from + split(size);
        return node(subtree(from, middle, hashes), subtree(middle, to, hashes));
    }

    /// The largest power of two below `size`, which is at least 2.
    private static long split(long size) {
        return Long.highestOneBit(size - 1);
    }

    static void requireSize(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("a tree has no " + size + " leaves");
        }
    }

    static void requireHash(Bytes hash) {
        if (hash.size() != HASH_SIZE) {
            throw new IllegalArgumentException("a hash of " + hash.size() + " octets");
        }
    }
}
