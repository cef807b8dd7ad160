package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;

/// A record as it rests and travels: with the salt that keeps the public tree silent about it.
///
/// @param index of its leaf, from 0
/// @param salt 32 random octets
/// @param record as encoded, never encoded again
public record SaltedRecord(long index, Bytes salt, Bytes record) {

    /// Octets in a salt.
    public static final int SALT_SIZE = 32;

    public SaltedRecord {
        if (index < 0 || salt.size() != SALT_SIZE || record.size() > JournalRecord.MAX_SIZE) {
            throw new IllegalArgumentException("no salted record");
        }
    }

    /// `H(salt | record)`: what the next record of the chain names, and the content of the leaf.
    public Bytes commitment() {
        return Hashes.sha256(salt, record);
    }

    /// The hash of the record's leaf.
    public Bytes leafHash() {
        return Merkle.leaf(commitment());
    }
}
