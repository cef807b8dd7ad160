package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads of one moment. To be closed; used by one thread at a time.
public interface Reader extends AutoCloseable {
    /// What is kept about changes of owners' factors; of the same moment.
    FactorReader factors();

    // owners, devices, credentials

    @Nullable OwnerRow owner(Id owner) throws Refused;

    /// All owners, by id.
    List<OwnerRow> owners() throws Refused;

    @Nullable DeviceRow device(Id device) throws Refused;

    /// All devices of an owner, removed ones too, by id.
    List<DeviceRow> devices(Id owner) throws Refused;

    @Nullable PepperRow pepper(long number) throws Refused;

    @Nullable PepperRow newestPepper() throws Refused;

    @Nullable CredentialRow credential(Id credential) throws Refused;

    /// The credential with this public key (DER).
    @Nullable CredentialRow credentialOf(Bytes spki) throws Refused;

    /// An owner's credentials, by id.
    List<CredentialRow> credentials(Id owner) throws Refused;

    @Nullable InvitationRow invitation(Bytes codeHash) throws Refused;

    @Nullable SessionRow session(Bytes tokenHash) throws Refused;

    // authorizations

    @Nullable AuthorizationRow authorization(long number) throws Refused;

    @Nullable AuthorizationRow authorizationBySad(Bytes sad) throws Refused;

    @Nullable AuthorizationRow authorizationByIntent(Bytes intent) throws Refused;

    /// All digests of an authorization, by value.
    List<DigestRow> digests(long authorization) throws Refused;

    /// Those of `values` that belong to the authorization. In a [Tx] they stay locked until its
    /// end.
    List<DigestRow> digests(long authorization, Collection<Bytes> values) throws Refused;

    /// One row per `use` record without an outcome, of the epochs of `node` before `epoch`, by
    /// index.
    List<OpenUse> openUses(String node, long epoch) throws Refused;

    /// Every digest that is not free, of all authorizations that are still kept.
    List<DigestRow> usedDigests() throws Refused;

    /// Logins, of the same moment.
    LoginReader logins();

    /// Consents, of the same moment.
    ConsentReader consents();

    // journal

    HeadRow head() throws Refused;

    /// Null when the chain has no record.
    @Nullable ChainRow chain(Id chain) throws Refused;

    @Nullable RecordRow record(long index) throws Refused;

    /// Records `from` (inclusive) to `to` (exclusive), in order.
    List<RecordRow> records(long from, long to) throws Refused;

    /// Records of a chain after number `seq`, in order: `limit` at most, and after the first no
    /// more than fit `octets` together. Walks back from the chain's end.
    List<RecordRow> recordsAfter(ChainRow chain, long seq, int limit, long octets) throws Refused;

    /// What an owner's device signed for the `approval` at this index.
    @Nullable Bytes evidence(long index) throws Refused;

    /// Whether an intent has approved something, however long ago.
    ///
    /// @param intent H(intent)
    boolean hasApproved(Bytes intent) throws Refused;

    /// The hashes of a tile, 32 octets each; null when there is none.
    @Nullable Bytes tile(int level, long number) throws Refused;

    @Override
    void close();
}
