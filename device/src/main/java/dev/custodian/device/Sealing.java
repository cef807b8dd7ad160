package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;

/// A store that also seals secrets, which then open where it can open its keys and nowhere else.
/// What it sealed is the caller's to keep.
public interface Sealing {
    /// Most octets of a secret.
    int LONGEST_SECRET = 4096;

    /// Seals a secret.
    ///
    /// @param purpose what it is for, 1 to 64 characters of `a-z 0-9 _ -`; no secret
    Bytes seal(String purpose, Secret content) throws DeviceException;

    /// Opens it; the caller closes it.
    ///
    /// @throws DeviceException `KEY_DAMAGED` when it was sealed for another purpose or was changed,
    ///   `KEY_FOREIGN` when elsewhere
    Secret unseal(String purpose, Bytes sealed) throws DeviceException;
}
