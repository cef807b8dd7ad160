package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;

/// A record as it rests and travels: with the salt that keeps the public tree silent about it.
///
/// @param index of its leaf, from 0
/// @param salt 32 random octets
/// @param record as encoded, never encoded again
public record SaltedRecord(long index, Bytes salt, Bytes record) {

    /// Octets in a salt.
    public static final int SALT_SIZE = 32;

    public SaltedRecord {
        if (!isSound(index, salt, record)) {
            throw new IllegalArgumentException("no salted record");
        }
    }

    /// Takes what a peer sent; the record itself is read by whoever follows the chain.
    public static SaltedRecord parse(long index, Bytes salt, Bytes record)
            throws MalformedException {
        if (!isSound(index, salt, record)) {
            throw new MalformedException("a salted record with an impossible index, salt or size");
        }
        return new SaltedRecord(index, salt, record);
    }

    private static boolean isSound(long index, Bytes salt, Bytes record) {
        return index >= 0 && salt.size() == SALT_SIZE && record.size() <= JournalRecord.MAX_SIZE;
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
