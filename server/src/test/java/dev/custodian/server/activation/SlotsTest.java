package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Id ownerId = Id.of(Id.Kind.OWNER, random(16));
    private final Id deviceId = Id.of(Id.Kind.DEVICE, random(16));
    private final Secret share = Secret.owning(random(32).toArray());
    private final Secret k = Secret.owning(random(32).toArray());
    private final Secret pepper = Secret.owning(random(32).toArray());
    private final Bytes salt = random(16);
    private final Pins pins = new Pins();
    private final OwnerKey key = OwnerKey.generate(RANDOM);

    private static Bytes random(int size) {
        var octets = new byte[size];
        RANDOM.nextBytes(octets);
        return Bytes.of(octets);
    }

    private DeviceRow device(Id owner, Id id) throws GeneralSecurityException {
        var sharePublic = Slots.sharePublic(share);
        var box = Slots.sealDevice(sharePublic, ownerId, deviceId, k, RANDOM);
        var slot = Id.of(Id.Kind.SLOT, random(16));
        return new DeviceRow(
                id,
                owner,
                slot,
                "",
                Bytes.EMPTY,
                sharePublic,
                box,
                DeviceRow.State.ACTIVE,
                0,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private OwnerRow owner(Id id, Bytes publicKey) {
        try (var p = pins.hash(pepper, pin("2468"), salt)) {
            var seal = Slots.sealPin(k, p, 1, ownerId, key, RANDOM);
            return new OwnerRow(
                    id,
                    "",
                    publicKey,
                    Bytes.EMPTY,
                    1,
                    salt,
                    seal,
                    Bytes.EMPTY,
                    0,
                    Instant.EPOCH,
                    Instant.EPOCH);
        }
    }

    private static Secret pin(String digits) {
        return Secret.owning(digits.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void rightShareAndRightPinOpenTheOwnerKey() throws Exception {
        try (var opened = Slots.openDevice(share, device(ownerId, deviceId));
                var p = pins.hash(pepper, pin("2468"), salt);
                var ownerKey = Slots.openPin(opened, p, owner(ownerId, key.publicKey()))) {
            assertThat(ownerKey.publicKey()).isEqualTo(key.publicKey());
        }
    }

    @Test
    void wrongShareOpensNothing() throws Exception {
        var row = device(ownerId, deviceId);
        assertThatThrownBy(() -> Slots.openDevice(Secret.owning(random(32).toArray()), row))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void slotOfAnotherDeviceOrOwnerOpensNothing() throws Exception {
        var otherDevice = device(ownerId, Id.of(Id.Kind.DEVICE, random(16)));
        var otherOwner = device(Id.of(Id.Kind.OWNER, random(16)), deviceId);
        assertThatThrownBy(() -> Slots.openDevice(share, otherDevice))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Slots.openDevice(share, otherOwner))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void wrongPinOrWrongPepperOrWrongKOpensNothing() throws Exception {
        var row = owner(ownerId, key.publicKey());
        var otherPepper = Secret.owning(random(32).toArray());
        for (var p :
                List.of(
                        pins.hash(pepper, pin("2469"), salt),
                        pins.hash(otherPepper, pin("2468"), salt))) {
            assertThatThrownBy(() -> Slots.openPin(k, p, row))
                    .isInstanceOf(GeneralSecurityException.class);
        }
        var p = pins.hash(pepper, pin("2468"), salt);
        assertThatThrownBy(() -> Slots.openPin(Secret.owning(random(32).toArray()), p, row))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void pinSealUnderAnotherPublicKeyOrOwnerOpensNothing() {
        var p = pins.hash(pepper, pin("2468"), salt);
        var swapped = owner(Id.of(Id.Kind.OWNER, random(16)), key.publicKey());
        var replaced = owner(ownerId, random(32));
        assertThatThrownBy(() -> Slots.openPin(k, p, swapped))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Slots.openPin(k, p, replaced))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void macCoversEachThingThatDecidesWhoOpensTheKey() throws Exception {
        var owner = owner(ownerId, key.publicKey());
        var device = device(ownerId, deviceId);
        var mac = key.factorsMac(owner, List.of(device), null, 1);
        assertThat(key.factorsMac(owner, List.of(device), null, 1)).isEqualTo(mac);
        assertThat(key.factorsMac(owner, List.of(device), null, 2)).isNotEqualTo(mac);
        assertThat(key.factorsMac(owner, List.of(), null, 1)).isNotEqualTo(mac);
        var removed =
                new DeviceRow(
                        device.id(),
                        device.owner(),
                        device.slot(),
                        "",
                        device.spki(),
                        device.sharePublic(),
                        device.slotBox(),
                        DeviceRow.State.REMOVED,
                        0,
                        Instant.EPOCH,
                        Instant.EPOCH);
        assertThat(key.factorsMac(owner, List.of(removed), null, 1)).isNotEqualTo(mac);
        assertThat(OwnerKey.generate(RANDOM).factorsMac(owner, List.of(device), null, 1))
                .isNotEqualTo(mac);
    }

    @Test
    void macDoesNotCoverCountersThatEveryTryMoves() throws Exception {
        var owner = owner(ownerId, key.publicKey());
        var device = device(ownerId, deviceId);
        var tried = device.withTries(3, Instant.MAX);
        assertThat(key.factorsMac(owner.withFailures(9, Instant.MAX), List.of(tried), null, 1))
                .isEqualTo(key.factorsMac(owner, List.of(device), null, 1));
    }
}
