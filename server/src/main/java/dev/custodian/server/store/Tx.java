package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// A transaction that may write. What it wrote is there for others after [#commit()] and, without
/// it, never was.
public interface Tx extends Reader {
    /// Makes everything durable: when this returns, a power cut loses nothing of it.
    void commit() throws Refused;

    /// Number of statements so far that changed something, or failed to.
    long writes();

    @Override
    FactorTx factors();

    // owners, devices, credentials

    void insertOwner(OwnerRow owner) throws Refused;

    /// Writes all but id and creation.
    void updateOwner(OwnerRow owner) throws Refused;

    void insertDevice(DeviceRow device) throws Refused;

    /// Writes all but id, owner and creation.
    void updateDevice(DeviceRow device) throws Refused;

    void insertPepper(PepperRow pepper) throws Refused;

    /// Writes all but number and creation.
    void updatePepper(PepperRow pepper) throws Refused;

    void insertCredential(CredentialRow credential) throws Refused;

    /// Writes all but id, owner, algorithm, public key and creation.
    void updateCredential(CredentialRow credential) throws Refused;

    /// Writes a credential's key in another form: false, and nothing written, when the row is no
    /// more the one that was read.
    ///
    /// @param newer how it is wrapped now
    /// @param key the form that rests: `outer` when owner-sealed, else `inner`
    boolean replaceKey(CredentialRow read, InnerKey newer, Bytes key) throws Refused;

    void insertInvitation(InvitationRow invitation) throws Refused;

    /// Takes an invitation for `owner`; false when it is unknown, used or too old.
    boolean takeInvitation(Bytes codeHash, Id owner, Instant now) throws Refused;

    void insertSession(SessionRow session) throws Refused;

    /// Ends all sessions of a device, and the logins that they come from.
    void deleteSessions(Id device) throws Refused;

    /// Remembers a token's `jti` until `expires`; false when it was there already.
    boolean takeJti(Bytes hash, Instant expires) throws Refused;

    /// Deletes sessions and `jti` values that ended before `now`, at most `limit` of each; returns
    /// how many.
    int deleteEnded(Instant now, int limit) throws Refused;

    // authorizations

    /// Inserts an authorization and its digests, all free; `hash` of each may be null. Returns the
    /// row with its number.
    AuthorizationRow insertAuthorization(
            AuthorizationRow authorization, Collection<NewDigest> digests) throws Refused;

    /// Ends a credential's live authorizations: no digest can be used, no opening is left.
    void revokeAuthorizations(Id credential, Instant now) throws Refused;

    /// Consumes a free digest. The row must be free: anything else is a fault of the caller.
    void consume(long authorization, Bytes value, HashAlgorithm hash, DigestRow.Used used)
            throws Refused;

    /// Closes a digest that is used by this very use and epoch; false, and nothing written, when it
    /// is not so any more.
    boolean close(long authorization, Bytes value, DigestRow.Used used, DigestRow.State result)
            throws Refused;

    /// Counts `digests` of an authorization as done for good; with the last one its opening goes.
    void settle(long authorization, int digests) throws Refused;

    /// Deletes the opening of every authorization that has ended.
    void deleteOpenings(Instant now) throws Refused;

    /// Deletes at most `limit` authorizations that ended until `then` and have no digest in state
    /// `used`. Returns how many were deleted.
    int deleteExpired(Instant then, int limit) throws Refused;

    /// Begins a node's new epoch; numbers grow.
    long beginEpoch(String node, Instant now) throws Refused;

    /// Forgets the node's epochs before `epoch`.
    void deleteEpochs(String node, long epoch) throws Refused;

    @Override
    LoginTx logins();

    @Override
    ConsentTx consents();

    // journal

    /// The chain's end, for writing; made when there is none.
    ChainRow chainForUpdate(Id chain) throws Refused;

    void updateChain(ChainRow chain) throws Refused;

    /// The journal's end, for writing. Other nodes wait from here on: to be asked for last.
    HeadRow headForUpdate() throws Refused;

    void updateHead(HeadRow head) throws Refused;

    void append(List<RecordRow> records) throws Refused;

    /// Keeps beside a record the JWS that approved it. An intent that approved before is a fault of
    /// the caller.
    ///
    /// @param intent H(intent)
    void insertEvidence(long index, Bytes intent, Bytes evidence) throws Refused;

    void putTile(int level, long number, Bytes hashes) throws Refused;
}
