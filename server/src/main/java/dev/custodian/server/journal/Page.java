package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import java.util.List;

/// Records of one chain in order, and what proves them.
///
/// @param more there are newer ones
/// @param checkpoint the newest that there is
/// @param proof inclusion of the last record given in the checkpoint's tree; empty when none was
///   given or `pending`
/// @param pending the checkpoint does not cover the last record yet: ask again
/// @param consistency from the tree that the caller saw to the checkpoint's; empty when it saw none
public record Page(
        List<SaltedRecord> records,
        boolean more,
        SignedNote checkpoint,
        List<Bytes> proof,
        boolean pending,
        List<Bytes> consistency) {
    public Page {
        records = List.copyOf(records);
        proof = List.copyOf(proof);
        consistency = List.copyOf(consistency);
    }
}
