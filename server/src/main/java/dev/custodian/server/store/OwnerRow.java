package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// An owner and the seal that the PIN opens (FORMATS §4).
///
/// @param publicKey X25519, to which credentials are sealed
/// @param publicKeyMac under a key of the vault
/// @param pinPepper number of the pepper that the seal names
/// @param pinSeal the owner's private key under K and the PIN
/// @param factorsMac over factors, devices, slots and the last `change`, under a key of the owner's
/// @param failures wrong PINs in a row, over all devices
/// @param notBefore no try is taken earlier
public record OwnerRow(
        Id id,
        String name,
        Bytes publicKey,
        Bytes publicKeyMac,
        long pinPepper,
        Bytes pinSalt,
        Bytes pinSeal,
        Bytes factorsMac,
        int failures,
        Instant notBefore,
        Instant created) {
    /// This row with its failures counted anew.
    public OwnerRow withFailures(int count, Instant earliest) {
        return new OwnerRow(
                id,
                name,
                publicKey,
                publicKeyMac,
                pinPepper,
                pinSalt,
                pinSeal,
                factorsMac,
                count,
                earliest,
                created);
    }

    /// This row under the name that the operator gave.
    public OwnerRow withName(String given) {
        return new OwnerRow(
                id,
                given,
                publicKey,
                publicKeyMac,
                pinPepper,
                pinSalt,
                pinSeal,
                factorsMac,
                failures,
                notBefore,
                created);
    }

    /// This row with a MAC under the vault's newest root.
    public OwnerRow withPublicKeyMac(Bytes mac) {
        return new OwnerRow(
                id,
                name,
                publicKey,
                mac,
                pinPepper,
                pinSalt,
                pinSeal,
                factorsMac,
                failures,
                notBefore,
                created);
    }

    /// This row with another seal, which another PIN or another K opens.
    public OwnerRow withPin(long pepper, Bytes salt, Bytes seal) {
        return new OwnerRow(
                id,
                name,
                publicKey,
                publicKeyMac,
                pepper,
                salt,
                seal,
                factorsMac,
                failures,
                notBefore,
                created);
    }

    /// This row with a new MAC over the owner's factors.
    public OwnerRow withFactorsMac(Bytes mac) {
        return new OwnerRow(
                id,
                name,
                publicKey,
                publicKeyMac,
                pinPepper,
                pinSalt,
                pinSeal,
                mac,
                failures,
                notBefore,
                created);
    }
}
