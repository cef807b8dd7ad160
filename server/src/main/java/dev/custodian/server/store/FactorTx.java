package dev.custodian.server.store;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;

/// Writes what [FactorReader] reads, inside a [Tx].
public interface FactorTx extends FactorReader {
    void insertJoinRequest(JoinRequestRow request) throws Refused;

    /// Notes that the record `seq` approved a request, whose answer is kept until `expires`.
    void approveJoinRequest(Id device, long seq, Instant expires) throws Refused;

    void deleteJoinRequest(Id device) throws Refused;

    void insertMadeChange(MadeChangeRow change) throws Refused;

    /// Writes an owner's recovery slot, in place of the one before.
    void putRecoverySlot(RecoverySlotRow slot) throws Refused;

    void deleteRecoverySlot(Id owner) throws Refused;

    /// Writes an owner's recovery, in place of the one before.
    void putRecovery(RecoveryRow recovery) throws Refused;

    void deleteRecovery(Id owner) throws Refused;

    /// Notes that a device has logged in.
    void see(Id device, Instant now) throws Refused;

    /// Ends a sender's live authorizations: no digest can be used, no opening is left.
    void revokeAuthorizations(String sender, Instant now) throws Refused;

    /// Deletes requests, made changes and recoveries that ended before `now`, at most `limit` of
    /// each; returns how many.
    int deleteEnded(Instant now, int limit) throws Refused;
}
