package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.Store;
import java.security.GeneralSecurityException;
import java.time.Clock;

/// Opens an owner's key with the factors of one activation, in the order of FORMATS §4: share → PIN
/// ticket, committed → PIN → the MAC over all that decides who may open it.
final class OwnerOpening {
    private final Store store;
    private final Peppers peppers;
    private final Pins pins;
    private final Tickets tickets;

    /// What one activation opened: the owner's key, K, and the rows that the key's MAC covers.
    record Opened(OwnerKey key, Secret k, FactorRows rows) implements AutoCloseable {
        @Override
        public void close() {
            key.close();
            k.close();
        }
    }

    OwnerOpening(Store store, Journal journal, Peppers peppers, Pins pins, Clock clock) {
        this.store = store;
        this.peppers = peppers;
        this.pins = pins;
        this.tickets = new Tickets(journal, clock);
    }

    /// The owner's key, at rest; the caller holds the device's lock and closes it.
    OwnerKey open(Factors factors, DeviceRow device) throws Refused {
        var opened = openAll(factors, device);
        opened.k.close();
        return opened.key;
    }

    /// The owner's key and K, at rest, for a change; the caller holds the device's lock and closes
    /// them.
    Opened openAll(Factors factors, DeviceRow device) throws Refused {
        var read = read(device.owner());
        try (var pepper = read.pepper) {
            var k = openSlot(factors, active(read.rows, device.id()));
            try {
                tickets.take(device.id());
                return opened(k, pepper, factors, read.rows, device.id());
            } catch (Refused | RuntimeException e) {
                k.close();
                throw e;
            }
        }
    }

    private Opened opened(Secret k, Secret pepper, Factors factors, FactorRows rows, Id device)
            throws Refused {
        var key = openPin(k, pepper, factors, rows);
        try {
            rows.requireCoveredBy(key);
            key.rest();
            tickets.giveBack(device);
            return new Opened(key, k, rows);
        } catch (Refused | RuntimeException e) {
            key.close();
            throw e;
        }
    }

    private static DeviceRow active(FactorRows rows, Id device) throws Refused {
        for (var row : rows.devices()) {
            if (row.id().equals(device) && row.isActive()) {
                return row;
            }
        }
        throw new Refused(FailureKind.NOT_AUTHENTICATED);
    }

    private static Secret openSlot(Factors factors, DeviceRow device) throws Refused {
        try {
            return Slots.openDevice(factors.share(), device);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    private OwnerKey openPin(Secret k, Secret pepper, Factors factors, FactorRows rows)
            throws Refused {
        try (var p = pins.hash(pepper, factors.pin(), rows.owner().pinSalt())) {
            return Slots.openPin(k, p, rows.owner());
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    private record Read(FactorRows rows, Secret pepper) {}

    /// All of one moment: a K that was renewed meanwhile would look like a wrong PIN. And to the
    /// end before any PIN is hashed: few can read at once, and hashing is slow.
    private Read read(Id owner) throws Refused {
        try (var reader = store.read()) {
            var rows = FactorRows.read(reader, owner);
            return new Read(rows, peppers.open(reader, rows.owner().pinPepper()));
        }
    }
}
