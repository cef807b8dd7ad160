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

    /// This row with another K in its slot.
    public DeviceRow withSlotBox(Bytes box) {
        return new DeviceRow(
                id, owner, slot, name, spki, sharePublic, box, state, tries, notBefore, created);
    }

    /// This row of a device that was removed: its slot opens nothing any more.
    public DeviceRow removed() {
        return new DeviceRow(
                id,
                owner,
                slot,
                name,
                spki,
                sharePublic,
                Bytes.EMPTY,
                State.REMOVED,
                tries,
                notBefore,
                created);
    }

    /// Whether this is an enrolled device now.
    public boolean isActive() {
        return state == State.ACTIVE;
    }

    /// This row with its tries counted anew.
    public DeviceRow withTries(int count, Instant earliest) {
        return new DeviceRow(
                id, owner, slot, name, spki, sharePublic, slotBox, state, count, earliest, created);
    }
}
