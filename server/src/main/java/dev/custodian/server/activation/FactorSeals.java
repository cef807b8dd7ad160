package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Intent;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.RecoverySlotRow;
import dev.custodian.server.store.Store;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;

/// Makes the slots and seals of FORMATS §4 for new factors.
final class FactorSeals {
    private static final int K = 32;
    private static final int LONGEST_NAME = 64;
    private static final String DEVICE = "device";

    private final Store store;
    private final Peppers peppers;
    private final Pins pins;
    private final SecureRandom random;

    FactorSeals(Store store, Peppers peppers, Pins pins, SecureRandom random) {
        this.store = store;
        this.peppers = peppers;
        this.pins = pins;
        this.random = random;
    }

    /// A new K, at rest.
    Secret newK() {
        var octets = new byte[K];
        random.nextBytes(octets);
        var k = Secret.owning(octets);
        k.rest();
        return k;
    }

    Id newId(Id.Kind kind) {
        return Id.of(kind, random(16));
    }

    /// The owner's row with a seal that K and this PIN open, under the newest pepper and a new
    /// salt.
    OwnerRow withPin(OwnerRow owner, OwnerKey key, Secret k, Secret pin) throws Refused {
        var salt = random(Pins.SALT);
        var newest = newestPepper();
        try (var pepper = newest.secret;
                var p = pins.hash(pepper, pin, salt)) {
            var seal = Slots.sealPin(k, p, newest.number, owner.id(), key, random);
            key.rest();
            return owner.withPin(newest.number, salt, seal);
        }
    }

    /// A new device's row, its slot open for this share.
    DeviceRow device(
            Id owner, Id device, String name, Bytes spki, Secret share, Secret k, Instant now)
            throws Refused {
        var row =
                new DeviceRow(
                        device,
                        owner,
                        newId(Id.Kind.SLOT),
                        name,
                        spki,
                        Slots.sharePublic(share),
                        Bytes.EMPTY,
                        DeviceRow.State.ACTIVE,
                        0,
                        Instant.EPOCH,
                        now);
        return withK(row, k);
    }

    /// The row with K in its slot: sealed to the share's public half, so that the device need not
    /// be there.
    DeviceRow withK(DeviceRow row, Secret k) throws Refused {
        try {
            return row.withSlotBox(
                    Slots.sealDevice(row.sharePublic(), row.owner(), row.id(), k, random));
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// A slot that this recovery code opens, under the newest pepper.
    RecoverySlotRow recovery(Id owner, OwnerKey key, Secret code) throws Refused {
        var newest = newestPepper();
        try (var pepper = newest.secret) {
            var seal = Slots.sealRecovery(code, pepper, newest.number, owner, key, random);
            key.rest();
            return new RecoverySlotRow(owner, newest.number, seal, 0, Instant.EPOCH);
        }
    }

    /// What a device calls itself: the `device` that its person was shown; empty when it says
    /// nothing that can be shown.
    static String nameIn(Intent intent) {
        for (var shown : intent.shown()) {
            if (shown.what().equals(DEVICE)) {
                var name =
                        shown.text().replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", " ").strip();
                return name.length() <= LONGEST_NAME ? name : "";
            }
        }
        return "";
    }

    private record Newest(long number, Secret secret) {}

    /// Read to the end before anything slow: few can read at once.
    private Newest newestPepper() throws Refused {
        try (var reader = store.read()) {
            long number = Peppers.newest(reader);
            return new Newest(number, peppers.open(reader, number));
        }
    }

    private Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }
}
