package dev.custodian.server.store;

import dev.custodian.core.Bytes;

/// A record of the journal as it rests.
///
/// @param index position in the tree, from 0
/// @param chain number of its chain's head; 0 for a record without a chain
/// @param seq running number in the chain, from 1
/// @param back index of the chain's previous record; -1 for its first
public record RecordRow(long index, long chain, long seq, long back, Bytes salt, Bytes record) {
    public static final long NONE = -1;
}
