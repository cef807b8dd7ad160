package dev.custodian.device;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A store of device keys. What only some stores can do is an interface of its own, for which one
/// asks with [#ability]: callers ask, they do not assume.
///
/// For several threads at once; they wait for each other where the device does one thing at a time.
public interface DeviceStore extends AutoCloseable {
    StoreLabel label();

    /// How well it keeps its keys, as far as this machine can know.
    Verdict verdict();

    /// The types of keys that it makes.
    Set<KeyType> types();

    /// Makes a key.
    ///
    /// @throws DeviceException `KEY_EXISTS` when the name is taken, `UNSUPPORTED` for other types
    DeviceKey create(KeySpec spec) throws DeviceException;

    /// Makes a P-256 key for a trial: by all the steps of another, but no list shows it and nothing
    /// of it is left when it is closed.
    DeviceKey throwAway() throws DeviceException;

    /// Opens a key that is there.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when there is none, or the URI is another store's
    DeviceKey open(KeyUri uri) throws DeviceException;

    /// The keys that are there, whether or not they can be used.
    List<KeyUri> list() throws DeviceException;

    /// Forgets a key for ever.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when there is none, or the URI is another store's
    void delete(KeyUri uri) throws DeviceException;

    /// The store as one that can do more; empty when it can not.
    default <T> Optional<T> ability(Class<T> ability) {
        return ability.isInstance(this) ? Optional.of(ability.cast(this)) : Optional.empty();
    }

    /// Closes the store; its keys sign no more.
    @Override
    void close();
}
