package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How many guesses there are, and how fast.
class TicketsTest {
    private static final Id OWNER = Samples.owner(1);
    private static final Id LAPTOP = Samples.device(1);
    private static final Id DESKTOP = Samples.device(2);

    @TempDir Path folder;

    private Rig rig;
    private Tickets tickets;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        tickets = new Tickets(rig.journal, rig.clock);
        rig.journal.write(
                (tx, _) -> {
                    tx.insertOwner(Samples.ownerRow(OWNER));
                    tx.insertDevice(Samples.deviceRow(LAPTOP, OWNER));
                    tx.insertDevice(Samples.deviceRow(DESKTOP, OWNER));
                    return true;
                });
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void refused(FailureKind kind, Id device) {
        assertThatThrownBy(() -> tickets.take(device))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    /// Refused until exactly `delay` has passed.
    private void delayed(Id device, Duration delay) throws Refused {
        rig.clock.pass(delay.minusMillis(1));
        refused(FailureKind.FACTORS_DELAYED, device);
        rig.clock.pass(Duration.ofMillis(1));
        tickets.take(device);
    }

    private DeviceRow device(Id id) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(id));
        }
    }

    private OwnerRow owner() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.owner(OWNER));
        }
    }

    private void failures(int count, Instant notBefore) throws Refused {
        rig.journal.write(
                (tx, _) -> {
                    tx.updateOwner(owner().withFailures(count, notBefore));
                    return true;
                });
    }

    @Test
    void deviceHasFiveTriesThatComeSlowerAndThenNone() throws Exception {
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        delayed(LAPTOP, Duration.ofSeconds(30));
        delayed(LAPTOP, Duration.ofMinutes(5));
        rig.clock.pass(Duration.ofDays(1000));
        refused(FailureKind.DEVICE_LOCKED, LAPTOP);
        assertThat(device(LAPTOP).tries()).isEqualTo(Tickets.TRIES);
    }

    @Test
    void refusedTryMovesNoCounter() throws Exception {
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        refused(FailureKind.FACTORS_DELAYED, LAPTOP);
        assertThat(device(LAPTOP).tries()).isEqualTo(3);
        assertThat(owner().failures()).isEqualTo(3);
    }

    @Test
    void lockedDeviceLocksNoOther() throws Exception {
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        delayed(LAPTOP, Duration.ofSeconds(30));
        delayed(LAPTOP, Duration.ofMinutes(5));
        refused(FailureKind.DEVICE_LOCKED, LAPTOP);
        tickets.take(DESKTOP);
        assertThat(device(DESKTOP).tries()).isEqualTo(1);
    }

    /// Whoever holds many devices of one owner is slowed down over all of them.
    @ParameterizedTest
    @CsvSource({
        "8, 0", "9, 1", "10, 2", "11, 4", "12, 8", "13, 16", "14, 32", "15, 60", "16, 60", "100, 60"
    })
    void ownersFailuresOverAllDevicesDelayByMinutes(int before, int minutes) throws Exception {
        failures(before, Instant.EPOCH);
        tickets.take(LAPTOP);
        assertThat(owner().failures()).isEqualTo(before + 1);
        assertThat(owner().notBefore())
                .isEqualTo(rig.clock.instant().plus(Duration.ofMinutes(minutes)));
    }

    @Test
    void ownersDelayHoldsForEveryDeviceAndLocksNone() throws Exception {
        failures(9, Instant.EPOCH);
        tickets.take(LAPTOP);
        refused(FailureKind.FACTORS_DELAYED, DESKTOP);
        delayed(DESKTOP, Duration.ofMinutes(1));
        delayed(LAPTOP, Duration.ofMinutes(2));
    }

    @Test
    void rightPinBeginsAllCountsAnew() throws Exception {
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.giveBack(LAPTOP);
        assertThat(device(LAPTOP).tries()).isZero();
        assertThat(owner().failures()).isZero();
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        assertThat(device(LAPTOP).tries()).isEqualTo(3);
    }

    @Test
    void whoWaitsAsLongAsTheyAreToldIsLetIn() throws Exception {
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        tickets.take(LAPTOP);
        rig.clock.pass(Duration.ofMillis(1_500));
        var told = new AtomicReference<>("");
        assertThatThrownBy(() -> tickets.take(LAPTOP))
                .satisfies(refused -> told.set(String.valueOf(refused.getMessage())));
        var seconds = Pattern.compile("in ([0-9]+) s").matcher(told.get());
        assertThat(seconds.find()).isTrue();
        assertThat(seconds.group(1)).isEqualTo("29");
        rig.clock.pass(Duration.ofSeconds(29));
        tickets.take(LAPTOP);
    }

    @Test
    void removedOrUnknownDeviceGetsNoTicket() throws Exception {
        var row = device(LAPTOP);
        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(
                            new DeviceRow(
                                    row.id(),
                                    row.owner(),
                                    row.slot(),
                                    row.name(),
                                    row.spki(),
                                    row.sharePublic(),
                                    row.slotBox(),
                                    DeviceRow.State.REMOVED,
                                    row.tries(),
                                    row.notBefore(),
                                    row.created()));
                    return true;
                });
        refused(FailureKind.NOT_AUTHENTICATED, LAPTOP);
        refused(FailureKind.NOT_AUTHENTICATED, Samples.device(3));
        assertThatThrownBy(() -> tickets.giveBack(LAPTOP)).isInstanceOf(Refused.class);
    }

    @Test
    void deviceWithoutItsOwnerGetsNoTicket() throws Exception {
        rig.journal.write(
                (tx, _) -> {
                    tx.insertDevice(Samples.deviceRow(Samples.device(3), Samples.owner(3)));
                    return true;
                });
        refused(FailureKind.TAMPERED, Samples.device(3));
    }
}
