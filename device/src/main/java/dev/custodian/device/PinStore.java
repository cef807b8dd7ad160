package dev.custodian.device;

import dev.custodian.core.Secret;

/// A store that can give each new key a PIN of its own, which its device checks and counts.
public interface PinStore {
    /// Makes a key that is also [PinProtected].
    ///
    /// @throws DeviceException `PIN_UNFIT` when the device cannot take such a PIN
    DeviceKey create(KeySpec spec, Secret pin) throws DeviceException;
}
