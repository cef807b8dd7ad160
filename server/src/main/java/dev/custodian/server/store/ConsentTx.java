package dev.custodian.server.store;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;

/// Writes what [ConsentReader] reads, inside a [Tx].
public interface ConsentTx extends ConsentReader {
    void insert(ConsentRow consent) throws Refused;

    /// Takes signatures from what remains of a consent; false, and nothing written, when it was
    /// taken back, has ended, or has fewer left. With the last one its opening goes.
    boolean spend(Id consent, int signatures, Instant now) throws Refused;

    /// Takes a consent back; its opening goes. False, and nothing written, when that was done
    /// before.
    boolean revoke(Id consent) throws Refused;

    /// Takes back every consent of a device, or for a credential.
    void revokeAll(Id deviceOrCredential) throws Refused;

    /// Deletes the opening of every consent that has ended.
    void deleteOpenings(Instant now) throws Refused;

    /// Deletes at most `limit` consents that ended until `then`. Returns how many were deleted.
    int deleteExpired(Instant then, int limit) throws Refused;
}
