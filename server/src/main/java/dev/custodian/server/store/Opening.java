package dev.custodian.server.store;

import dev.custodian.core.Bytes;

/// A credential's `inner` under the secret of an authorization or a consent (FORMATS §5). What the
/// vault made of the key at that time: the credential's row may have changed since.
///
/// @param vault which vault made `inner`
/// @param keyId the vault's key that wraps it
/// @param mechanism how it is wrapped
/// @param sealed `inner` under the secret
public record Opening(String vault, String keyId, String mechanism, Bytes sealed) {
    /// The opening of `key`, whose `inner` was sealed.
    public static Opening of(InnerKey key, Bytes sealed) {
        return new Opening(key.vault(), key.keyId(), key.mechanism(), sealed);
    }

    /// The key as the vault takes it back, when `inner` has been freed.
    ///
    /// @param credential whose key it is
    public InnerKey key(CredentialRow credential, Bytes inner) {
        return new InnerKey(
                credential.id(),
                credential.algorithm(),
                credential.spki(),
                vault,
                keyId,
                mechanism,
                inner);
    }

    /// Says nothing of what is sealed.
    @Override
    public String toString() {
        return "Opening[" + vault + "]";
    }
}
