package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;

/// What an agent keeps of a chain: the newest record that it saw. Since each record names the one
/// before, this commits to all of them.
///
/// @param chain the credential or owner
/// @param seq the record's running number; 0 when none was seen
/// @param index of its leaf; -1 when none was seen
/// @param commitment of the record; [Place#NO_RECORD] when none was seen
public record ChainMemory(Id chain, long seq, long index, Bytes commitment) {
    public ChainMemory {
        Place.requireChain(chain);
        Merkle.requireHash(commitment);
        var none = seq == 0 && index == -1 && commitment.equals(Place.NO_RECORD);
        if (!none && (seq < 1 || index < seq - 1)) {
            throw new IllegalArgumentException("no memory of a chain");
        }
    }

    /// Before the first record.
    public static ChainMemory none(Id chain) {
        return new ChainMemory(chain, 0, -1, Place.NO_RECORD);
    }
}
