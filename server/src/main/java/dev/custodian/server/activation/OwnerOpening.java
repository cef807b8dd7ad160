package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Store;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;

/// Opens an owner's key with the factors of one activation, in the order of FORMATS §4: share → PIN
/// ticket, committed → PIN → the MAC over all that decides who may open it.
final class OwnerOpening {
    private final Store store;
    private final Peppers peppers;
    private final Pins pins;
    private final Tickets tickets;

    OwnerOpening(Store store, Journal journal, Peppers peppers, Pins pins, Clock clock) {
        this.store = store;
        this.peppers = peppers;
        this.pins = pins;
        this.tickets = new Tickets(journal, clock);
    }

    /// The owner's key, at rest; the caller holds the device's lock and closes it.
    OwnerKey open(Factors factors, DeviceRow device) throws Refused {
        try (var k = openSlot(factors, device)) {
            tickets.take(device.id());
            var key = openOwner(k, factors, device);
            try {
                key.rest();
                tickets.giveBack(device.id());
                return key;
            } catch (Refused | RuntimeException e) {
                key.close();
                throw e;
            }
        }
    }

    private static Secret openSlot(Factors factors, DeviceRow device) throws Refused {
        try {
            return Slots.openDevice(factors.share(), device);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// Opens the owner key with K and the PIN, then believes no row that the key's MAC does not
    /// cover.
    private OwnerKey openOwner(Secret k, Factors factors, DeviceRow device) throws Refused {
        try (var rows = factorRows(device.owner())) {
            var key = openPin(k, factors, rows);
            if (!rows.isCoveredBy(key)) {
                key.close();
                throw new Refused(
                        FailureKind.TAMPERED, "The owner's factors or devices were changed.");
            }
            return key;
        }
    }

    private OwnerKey openPin(Secret k, Factors factors, FactorRows rows) throws Refused {
        try (var p = pins.hash(rows.pepper, factors.pin(), rows.owner.pinSalt())) {
            return Slots.openPin(k, p, rows.owner);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// What opens an owner key and what its MAC covers, of one moment.
    private record FactorRows(
            OwnerRow owner, List<DeviceRow> devices, long lastChange, Secret pepper)
            implements AutoCloseable {
        boolean isCoveredBy(OwnerKey key) {
            return key.factorsMac(owner, devices, lastChange)
                    .equalsConstantTime(owner.factorsMac());
        }

        @Override
        public void close() {
            pepper.close();
        }
    }

    /// Reads to the end before any PIN is hashed: few can read at once, and hashing is slow.
    private FactorRows factorRows(Id id) throws Refused {
        try (var reader = store.read()) {
            var owner = reader.owner(id);
            if (owner == null) {
                throw new Refused(FailureKind.TAMPERED);
            }
            var chain = reader.chain(id);
            return new FactorRows(
                    owner,
                    reader.devices(id),
                    chain == null ? 0 : chain.seq(),
                    peppers.open(reader, owner.pinPepper()));
        }
    }
}
