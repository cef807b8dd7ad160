package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;

/// What a vault made of a private key: that vault alone can use it (FORMATS §4).
///
/// @param spki public half, DER
/// @param vault which vault
/// @param keyId the vault's key that wraps it
/// @param mechanism how it is wrapped
/// @param inner the wrapped key, or the HSM's blob or label
public record InnerKey(
        Id credential,
        KeyAlgorithm algorithm,
        Bytes spki,
        String vault,
        String keyId,
        String mechanism,
        Bytes inner) {
    /// Names the key and says nothing of `inner`.
    @Override
    public String toString() {
        return "InnerKey[" + credential + ", " + algorithm.display() + ", " + vault + "]";
    }
}
