package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is kept about changes of owners' factors, beside the rows of owners and devices.
public interface FactorReader {
    @Nullable JoinRequestRow joinRequest(Id device) throws Refused;

    @Nullable JoinRequestRow joinRequestOf(Bytes intent) throws Refused;

    /// All that an owner's new devices asked, approved ones too, by device.
    List<JoinRequestRow> joinRequests(Id owner) throws Refused;

    /// What this intent has changed; null when nothing, or long ago.
    @Nullable MadeChangeRow madeChange(Bytes intent) throws Refused;

    @Nullable RecoverySlotRow recoverySlot(Id owner) throws Refused;

    @Nullable RecoveryRow recovery(Id owner) throws Refused;

    /// How well its key is kept, as each of an owner's devices said; not of those that said
    /// nothing.
    Map<Id, DeviceVerdict> said(Id owner) throws Refused;

    /// That a device's key was proved to be in hardware; null when it was not.
    @Nullable ProofRow proof(Id device) throws Refused;

    /// When each of an owner's devices last logged in, if ever.
    Map<Id, Instant> seen(Id owner) throws Refused;
}
