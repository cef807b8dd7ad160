package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.core.hpke.Hpke;
import dev.custodian.core.hpke.X25519;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.RecoverySlotRow;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;

/// Slots and the PIN seal (FORMATS §4): the share opens K, and K with the PIN opens the owner key.
/// Neither does alone. Share and K rest when they were used.
final class Slots {
    private static final Bytes DEVICE = Bytes.utf8("custodian/slot/device/1");
    private static final Bytes PIN = Bytes.utf8("custodian/slot/pin/1");
    private static final Bytes RECOVERY = Bytes.utf8("custodian/slot/recovery/1");

    private Slots() {}

    /// The public half of the key pair that a share gives: whoever has it can put K into the slot,
    /// not take it out.
    static Bytes sharePublic(Secret share) {
        return X25519.publicOf(shareKey(share));
    }

    /// Puts K into a device's slot.
    static Bytes sealDevice(Bytes sharePublic, Id owner, Id device, Secret k, SecureRandom random)
            throws GeneralSecurityException {
        try {
            return Hpke.seal(sharePublic, DEVICE, deviceAad(owner, device), k.expose(), random);
        } finally {
            k.rest();
        }
    }

    /// Opens K with the share; errors alike for a wrong share and for a row of another owner or
    /// device.
    static Secret openDevice(Secret share, DeviceRow row) throws GeneralSecurityException {
        var k = Hpke.open(shareKey(share), row.slotBox(), DEVICE, deviceAad(row.owner(), row.id()));
        k.rest();
        return k;
    }

    /// Seals the owner key under K and P.
    static Bytes sealPin(
            Secret k, Secret p, long pepper, Id owner, OwnerKey key, SecureRandom random) {
        try (var sealing = pinKey(k, p, pepper)) {
            var aad = pinAad(owner, key.publicKey());
            return Aead.seal(sealing, aad, key.scalar().expose(), random);
        }
    }

    /// Opens the owner key with K and P; errors alike for a wrong PIN and for a swapped row.
    static OwnerKey openPin(Secret k, Secret p, OwnerRow owner) throws GeneralSecurityException {
        try (var sealing = pinKey(k, p, owner.pinPepper())) {
            return new OwnerKey(
                    Aead.open(sealing, pinAad(owner.id(), owner.publicKey()), owner.pinSeal()));
        }
    }

    /// Seals the owner key under the recovery code.
    static Bytes sealRecovery(
            Secret code, Secret pepper, long number, Id owner, OwnerKey key, SecureRandom random) {
        try (var sealing = recoveryKey(code, pepper, number)) {
            var aad = pinAad(owner, key.publicKey());
            return Aead.seal(sealing, aad, key.scalar().expose(), random);
        }
    }

    /// Opens the owner key with the recovery code; errors alike for a wrong code and for a swapped
    /// row.
    static OwnerKey openRecovery(Secret code, Secret pepper, RecoverySlotRow slot, OwnerRow owner)
            throws GeneralSecurityException {
        try (var sealing = recoveryKey(code, pepper, slot.pepper())) {
            return new OwnerKey(
                    Aead.open(sealing, pinAad(owner.id(), owner.publicKey()), slot.seal()));
        }
    }

    /// HKDF( code ‖ HMAC(pepper, code), `custodian/slot/recovery/1` ‖ pepper id ).
    private static Secret recoveryKey(Secret code, Secret pepper, long number) {
        try (var keyed = Secret.owning(Hkdf.hmac(pepper.expose(), code.expose()))) {
            var info = Bytes.join(RECOVERY, Bytes.u64(number));
            return derive(code, keyed, info);
        }
    }

    private static PrivateKey shareKey(Secret share) {
        try (var scalar = Hkdf.derive(share, DEVICE)) {
            share.rest();
            return X25519.privateKey(scalar);
        }
    }

    /// HKDF( K ‖ P, `custodian/slot/pin/1` ‖ pepper id ).
    private static Secret pinKey(Secret k, Secret p, long pepper) {
        return derive(k, p, Bytes.join(PIN, Bytes.u64(pepper)));
    }

    /// HKDF( a ‖ b, info ); `a` rests.
    private static Secret derive(Secret a, Secret b, Bytes info) {
        var joined =
                ByteBuffer.allocate(8 + a.size() + b.size())
                        .putInt(a.size())
                        .put(a.expose())
                        .putInt(b.size())
                        .put(b.expose());
        try (var input = Secret.owning(joined.array())) {
            a.rest();
            return Hkdf.derive(input, info);
        }
    }

    private static Bytes deviceAad(Id owner, Id device) {
        return Bytes.join(Bytes.utf8(owner.text()), Bytes.utf8(device.text()));
    }

    private static Bytes pinAad(Id owner, Bytes publicKey) {
        return Bytes.join(Bytes.utf8(owner.text()), publicKey);
    }
}
