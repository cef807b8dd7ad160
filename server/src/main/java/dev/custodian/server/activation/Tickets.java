package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Tx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// A ticket for each try of a PIN, taken and committed before the PIN is looked at and given back
/// when it was right (FORMATS §4): so parallel and interrupted guesses count. The device locks
/// hard; the owner's counter only delays.
final class Tickets {
    /// Tries in a row after which a device is locked.
    static final int TRIES = 5;

    private static final int FREE_FAILURES = 10;
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    private final Journal journal;
    private final Clock clock;

    Tickets(Journal journal, Clock clock) {
        this.journal = journal;
        this.clock = clock;
    }

    /// Takes a ticket, or refuses with `DEVICE_LOCKED` or `FACTORS_DELAYED`.
    void take(Id deviceId) throws Refused {
        journal.write(
                (tx, _) -> {
                    var device = active(tx, deviceId);
                    var owner = owner(tx, device);
                    var now = clock.instant();
                    if (device.tries() >= TRIES) {
                        throw new Refused(FailureKind.DEVICE_LOCKED);
                    }
                    var notBefore = later(device.notBefore(), owner.notBefore());
                    if (notBefore.isAfter(now)) {
                        long seconds = Duration.between(now, notBefore).toSeconds() + 1;
                        throw new Refused(
                                FailureKind.FACTORS_DELAYED,
                                "The next try is possible in " + seconds + " s.");
                    }
                    count(tx, device, owner, device.tries() + 1, owner.failures() + 1, now);
                    return true;
                });
    }

    /// Gives the ticket back after a right PIN: the counters begin anew.
    void giveBack(Id deviceId) throws Refused {
        journal.write(
                (tx, _) -> {
                    var device = active(tx, deviceId);
                    count(tx, device, owner(tx, device), 0, 0, Instant.EPOCH);
                    return true;
                });
    }

    private static void count(
            Tx tx, DeviceRow device, OwnerRow owner, int tries, int failures, Instant now)
            throws Refused {
        tx.updateDevice(device.withTries(tries, now.plus(deviceDelay(tries))));
        tx.updateOwner(owner.withFailures(failures, now.plus(ownerDelay(failures))));
    }

    /// Two tries at once, then half a minute, then five minutes.
    private static Duration deviceDelay(int tries) {
        return switch (tries) {
            case 0, 1, 2 -> Duration.ZERO;
            case 3 -> Duration.ofSeconds(30);
            default -> Duration.ofMinutes(5);
        };
    }

    /// Nothing for the first ten over all devices, then doubling from a minute to an hour.
    private static Duration ownerDelay(int failures) {
        if (failures < FREE_FAILURES) {
            return Duration.ZERO;
        }
        var delay = Duration.ofMinutes(1L << Math.min(failures - FREE_FAILURES, 6));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    private static DeviceRow active(Tx tx, Id id) throws Refused {
        var device = tx.device(id);
        if (device == null || device.state() != DeviceRow.State.ACTIVE) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        return device;
    }

    private static OwnerRow owner(Tx tx, DeviceRow device) throws Refused {
        var owner = tx.owner(device.owner());
        if (owner == null) {
            throw new Refused(FailureKind.TAMPERED);
        }
        return owner;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
