package dev.custodian.core.journal;

import dev.custodian.core.Bytes;

/// Reads the hashes of a journal's tree, from wherever they are kept.
///
/// @param <E> what reading may throw; {@link RuntimeException} for hashes in memory
@FunctionalInterface
public interface HashReader<E extends Exception> {

    /// The hash of a complete subtree of `2^level` leaves, whose first leaf is `index * 2^level`.
    /// It is asked only for subtrees that lie whole inside the size that the caller named.
    Bytes node(int level, long index) throws E;
}
