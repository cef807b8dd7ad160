package dev.custodian.device;

import dev.custodian.core.Refused;

/// A store of device keys. What only some stores can do will be an interface of its own that such a
/// store also implements: callers ask, they do not assume.
///
/// A name is 1 to 64 characters of `a-z 0-9 _ -`, chosen by the caller.
public interface DeviceKeys {
    /// How well this store keeps its keys.
    Protection protection();

    /// Makes a new key; refused when the name is taken.
    DeviceKey create(String name) throws Refused;

    /// The key of this name; refused when there is none.
    DeviceKey load(String name) throws Refused;

    /// Forgets the key of this name, if there is one.
    void delete(String name) throws Refused;
}
