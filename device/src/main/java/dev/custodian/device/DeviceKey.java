package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import java.security.PublicKey;
import java.util.Optional;

/// A key pair that is bound to this machine, as firmly as its store's [Verdict] says. What only
/// some keys can do is an interface of its own, for which one asks with [#ability].
///
/// For several threads at once; they wait for each other where the device does one thing at a time.
public interface DeviceKey extends AutoCloseable {
    /// What opens it again.
    KeyUri uri();

    KeyType type();

    PublicKey publicKey();

    /// Signs a digest.
    ///
    /// @param digest as long as the scheme's hash
    /// @return ECDSA as `r | s`, each as long as the field (RFC 7518 §3.4); RSA as long as the
    ///   modulus, PSS with a salt as long as the hash
    /// @throws DeviceException `UNSUPPORTED` when key and scheme do not go together
    Bytes sign(Scheme scheme, Bytes digest) throws DeviceException;

    /// The key as one that can do more; empty when it can not.
    default <T> Optional<T> ability(Class<T> ability) {
        return ability.isInstance(this) ? Optional.of(ability.cast(this)) : Optional.empty();
    }

    /// Nothing can be signed with this object afterwards; the key stays in its store.
    @Override
    void close();
}
