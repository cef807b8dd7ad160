package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;

/// Where a record stands in the chain of its credential or owner.
///
/// @param chain the credential or owner
/// @param seq running number, from 1
/// @param prev commitment of the chain's previous record; [#NO_RECORD] before the first
public record Place(Id chain, long seq, Bytes prev) {

    /// Stands for the commitment before a chain's first record.
    public static final Bytes NO_RECORD = Bytes.of(new byte[Merkle.HASH_SIZE]);

    public Place {
        requireChain(chain);
        if (seq < 1 || prev.size() != Merkle.HASH_SIZE || (seq == 1 && !prev.equals(NO_RECORD))) {
            throw new IllegalArgumentException("no place in a chain");
        }
    }

    static void requireChain(Id chain) {
        if (chain.kind() != Id.Kind.OWNER && chain.kind() != Id.Kind.CREDENTIAL) {
            throw new IllegalArgumentException("a chain is that of an owner or a credential");
        }
    }
}
