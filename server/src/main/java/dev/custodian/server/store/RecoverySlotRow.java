package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// The slot that the recovery code opens (FORMATS §4).
///
/// @param pepper number of the pepper that the seal names
/// @param seal the owner's private key under the code
/// @param failures wrong codes in a row
/// @param notBefore no code is looked at earlier
public record RecoverySlotRow(Id owner, long pepper, Bytes seal, int failures, Instant notBefore) {
    /// This row with its failures counted anew.
    public RecoverySlotRow withFailures(int count, Instant earliest) {
        return new RecoverySlotRow(owner, pepper, seal, count, earliest);
    }
}
