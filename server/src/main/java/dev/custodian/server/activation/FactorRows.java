package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.RecoverySlotRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that decides who may open an owner's key, of one moment: what the MAC of FORMATS §4
/// covers.
///
/// @param devices removed ones too
/// @param recovery null when the owner has no recovery code
/// @param lastChange number of the owner's last `change` record
record FactorRows(
        OwnerRow owner,
        List<DeviceRow> devices,
        @Nullable RecoverySlotRow recovery,
        long lastChange) {
    FactorRows {
        devices = List.copyOf(devices);
    }

    static FactorRows read(Reader reader, Id id) throws Refused {
        var owner = reader.owner(id);
        if (owner == null) {
            throw new Refused(FailureKind.TAMPERED);
        }
        var chain = reader.chain(id);
        return new FactorRows(
                owner,
                reader.devices(id),
                reader.factors().recoverySlot(id),
                chain == null ? 0 : chain.seq());
    }

    Bytes mac(OwnerKey key) {
        return key.factorsMac(owner, devices, recovery, lastChange);
    }

    void requireCoveredBy(OwnerKey key) throws Refused {
        if (!mac(key).equalsConstantTime(owner.factorsMac())) {
            throw new Refused(FailureKind.TAMPERED, "The owner's factors or devices were changed.");
        }
    }

    /// These rows after one more change: its number and the MAC are those that will be right when
    /// its record is written.
    FactorRows sealed(OwnerKey key) {
        var next = new FactorRows(owner, devices, recovery, lastChange + 1);
        return new FactorRows(
                owner.withFactorsMac(next.mac(key)), devices, recovery, next.lastChange);
    }

    FactorRows withOwner(OwnerRow other) {
        return new FactorRows(other, devices, recovery, lastChange);
    }

    FactorRows withDevices(List<DeviceRow> others) {
        return new FactorRows(owner, others, recovery, lastChange);
    }

    FactorRows withRecovery(@Nullable RecoverySlotRow other) {
        return new FactorRows(owner, devices, other, lastChange);
    }

    List<DeviceRow> active() {
        return devices.stream().filter(DeviceRow::isActive).toList();
    }

    /// Whether nothing has changed since these rows were read: each change writes another MAC and
    /// another record.
    boolean areStill(FactorRows now) {
        return owner.factorsMac().equals(now.owner.factorsMac()) && lastChange == now.lastChange;
    }
}
