package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.core.hpke.X25519;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.RecoverySlotRow;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An owner's private key while it is open: between the PIN and the end of one activation.
final class OwnerKey implements AutoCloseable {
    private static final Bytes FACTORS = Bytes.utf8("custodian/factors/1");
    private static final Bytes RECOVERY = Bytes.utf8("recovery");

    private final Secret scalar;

    OwnerKey(Secret scalar) {
        this.scalar = scalar;
    }

    static OwnerKey generate(SecureRandom random) {
        var octets = new byte[X25519.SIZE];
        random.nextBytes(octets);
        return new OwnerKey(Secret.owning(octets));
    }

    /// Takes it out of the heap until it is used again.
    void rest() {
        scalar.rest();
    }

    Secret scalar() {
        return scalar;
    }

    PrivateKey privateKey() {
        return X25519.privateKey(scalar);
    }

    Bytes publicKey() {
        return X25519.publicOf(privateKey());
    }

    /// The MAC over everything that decides who may open this key: owner, PIN seal, devices with
    /// their slots, recovery slot, and the number of the owner's last `change` record, so that
    /// older rows are noticed (FORMATS §4).
    Bytes factorsMac(
            OwnerRow owner,
            List<DeviceRow> devices,
            @Nullable RecoverySlotRow recovery,
            long lastChange) {
        var parts = new ArrayList<Bytes>();
        parts.add(Bytes.utf8(owner.id().text()));
        parts.add(owner.publicKey());
        parts.add(Bytes.u64(owner.pinPepper()));
        parts.add(owner.pinSalt());
        parts.add(owner.pinSeal());
        parts.add(Bytes.u64(lastChange));
        for (var device : devices.stream().sorted(Comparator.comparing(DeviceRow::id)).toList()) {
            parts.add(
                    Bytes.join(
                            Bytes.utf8(device.id().text()),
                            Bytes.utf8(device.owner().text()),
                            Bytes.utf8(device.slot().text()),
                            Bytes.utf8(device.state().name()),
                            device.spki(),
                            device.sharePublic(),
                            device.slotBox()));
        }
        if (recovery != null) {
            parts.add(Bytes.join(RECOVERY, Bytes.u64(recovery.pepper()), recovery.seal()));
        }
        try (var key = Hkdf.derive(scalar, FACTORS)) {
            return Bytes.of(
                    Hkdf.hmac(key.expose(), Bytes.join(parts.toArray(new Bytes[0])).toArray()));
        }
    }

    @Override
    public void close() {
        scalar.close();
    }
}
