package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// An enrolled device and its slot (FORMATS §4).
///
/// @param spki public half of the device key, DER
/// @param sharePublic X25519 key derived from the share
/// @param slotBox K, sealed to that key
/// @param tries PIN tickets taken and not given back
/// @param notBefore no ticket is given earlier
public record DeviceRow(
        Id id,
        Id owner,
        Id slot,
        String name,
        Bytes spki,
        Bytes sharePublic,
        Bytes slotBox,
        State state,
        int tries,
        Instant notBefore,
        Instant created) {
    public enum State {
        ACTIVE,
        REMOVED
    }

    /// This row with its tries counted anew.
    public DeviceRow withTries(int count, Instant earliest) {
        return new DeviceRow(
                id, owner, slot, name, spki, sharePublic, slotBox, state, count, earliest, created);
    }
}
