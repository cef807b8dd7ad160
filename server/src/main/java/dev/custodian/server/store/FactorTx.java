package dev.custodian.server.store;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
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

    /// Notes what a device says of how its key is kept.
    void say(Id device, DeviceVerdict verdict) throws Refused;

    /// Writes a device's proof, in place of the one before.
    void putProof(ProofRow proof) throws Refused;

    void deleteProof(Id device) throws Refused;

    /// Notes that a device has logged in.
    void see(Id device, Instant now) throws Refused;

    /// Ends a sender's live authorizations: no digest can be used, no opening is left.
    void revokeAuthorizations(String sender, Instant now) throws Refused;

    /// Deletes requests, made changes and recoveries that ended before `now`, at most `limit` of
    /// each; returns how many.
    int deleteEnded(Instant now, int limit) throws Refused;
}
