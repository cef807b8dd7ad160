package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import java.time.Instant;
import java.util.List;

/// A credential: who may use which key for what, and the key as it rests (FORMATS §4).
///
/// @param policy verbatim; its hash is in the journal and in the owner's seal
/// @param version counts changes of the policy
/// @param origin where the key was made
/// @param vault which vault made `key`
/// @param keyId the vault's key that wraps it
/// @param mechanism how it is wrapped
/// @param key `outer` when owner-sealed, else `inner`
/// @param certificates DER, the credential's own first; empty until certified
public record CredentialRow(
        Id id,
        Id owner,
        Purpose purpose,
        Custody custody,
        KeyAlgorithm algorithm,
        Bytes spki,
        Bytes policy,
        int version,
        Origin origin,
        String vault,
        String keyId,
        String mechanism,
        Bytes key,
        List<Bytes> certificates,
        Instant created) {
    public CredentialRow {
        certificates = List.copyOf(certificates);
    }

    /// The key as the vault takes it back, when `inner` has been freed from the owner's seal.
    public InnerKey innerKey(Bytes inner) {
        return new InnerKey(id, algorithm, spki, vault, keyId, mechanism, inner);
    }

    /// This row with its certificate and chain.
    public CredentialRow withCertificates(List<Bytes> chain) {
        return new CredentialRow(
                id, owner, purpose, custody, algorithm, spki, policy, version, origin, vault, keyId,
                mechanism, key, chain, created);
    }
}
