package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.activation.OwnerOpening.Opened;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.MadeChangeRow;
import dev.custodian.server.store.RecoveryRow;
import dev.custodian.server.store.RecoverySlotRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Back to an owner's keys with the recovery code alone (FORMATS §4): all devices go, and a new one
/// comes with a new PIN. Only after a delay, in which every device of the owner sees it and can
/// stop it. The code opens nothing else: it never signs.
public final class Recovery {
    /// How long the completion of a recovery is waited for, once it is due.
    static final Duration PATIENCE = Duration.ofDays(7);

    /// `what` of the record that a recovery begins with.
    static final String BEGUN = "recovery-begun";

    private static final String BY = "recovery-code";
    private static final int FREE_FAILURES = 10;
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

    /// `POST /recover`, parsed.
    ///
    /// @param jwk the new device's key
    /// @param device `DEVICE` by that key
    /// @param sealed new PIN, new share and the code; behind it the next code, if there is one
    /// @param verdict how well the key is kept, as the device says; null when it says nothing
    public record Request(
            Id owner,
            DeviceJwk jwk,
            String device,
            Sealed sealed,
            @Nullable DeviceVerdict verdict) {
        Request(Id owner, DeviceJwk jwk, String device, Sealed sealed) {
            this(owner, jwk, device, sealed, null);
        }
    }

    /// What the new device is told.
    public sealed interface Answer {
        /// The code was right; the same may be asked again when it is due.
        record Waiting(Instant due) implements Answer {}

        /// The new device is the owner's only one now; the owner's chain says so.
        record Recovered(Id device, Id slot) implements Answer {}
    }

    /// A recovery under way, as the owner's devices see it.
    ///
    /// @param spki the key that waits, DER
    public record Pending(Bytes spki, Instant due) {}

    private final Store store;
    private final Journal journal;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final Peppers peppers;
    private final FactorSeals seals;
    private final ChangeWriter writer;
    private final KeyedLocks<Id> owners;
    private final Duration delay;
    private final Clock clock;

    /// @param delay between the right code and the new device
    Recovery(
            Store store,
            Journal journal,
            ActivationKeys keys,
            IntentCheck check,
            Peppers peppers,
            FactorSeals seals,
            ChangeWriter writer,
            KeyedLocks<Id> owners,
            Duration delay,
            Clock clock) {
        this.store = store;
        this.journal = journal;
        this.keys = keys;
        this.check = check;
        this.peppers = peppers;
        this.seals = seals;
        this.writer = writer;
        this.owners = owners;
        this.delay = delay;
        this.clock = clock;
    }

    /// Begins a recovery, or completes one that is due. The same request again gives the same
    /// answer.
    public Answer recover(Request request) throws Refused {
        var proof = DeviceProof.parse(request.device);
        var spki = DeviceProof.spki(request.jwk);
        var wanted =
                new Matter.Change(
                        ChangeKind.RECOVER.text(),
                        request.owner.text(),
                        DeviceNumber.thumbprint(spki).base64Url());
        if (!proof.intent().matter().equals(wanted)
                || !proof.intent().approver().equals(new Approver.Elsewhere(request.owner))) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH, "It asks not for this recovery by this key.");
        }
        proof.verify(spki, "");
        try (var _ = owners.hold(request.owner)) {
            var made = made(proof.intentHash());
            if (made != null) {
                return repeat(made, spki);
            }
            check.frame(proof.intent(), "");
            try (var factors = keys.open(request.sealed, proof.intentHash());
                    var code = code(factors)) {
                return open(request, spki, proof, factors, code);
            }
        }
    }

    private @Nullable MadeChangeRow made(Bytes intent) throws Refused {
        try (var reader = store.read()) {
            return reader.factors().madeChange(intent);
        }
    }

    private Answer repeat(MadeChangeRow made, Bytes spki) throws Refused {
        try (var reader = store.read()) {
            var pending = reader.factors().recovery(made.owner());
            if (pending != null && pending.spki().equals(spki)) {
                return new Answer.Waiting(pending.due());
            }
            for (var device : reader.devices(made.owner())) {
                if (device.isActive() && device.spki().equals(spki)) {
                    return new Answer.Recovered(device.id(), device.slot());
                }
            }
        }
        throw new Refused(FailureKind.RECOVERY_UNKNOWN, "It was stopped.");
    }

    /// The code itself; the next one may follow it.
    private static Secret code(Factors factors) throws Refused {
        int size = factors.more().size();
        if (size == RecoveryCode.SIZE || size == 2 * RecoveryCode.SIZE) {
            var code = Secret.copyOf(factors.more().expose(), 0, RecoveryCode.SIZE);
            factors.more().rest();
            return code;
        }
        throw new Refused(FailureKind.MALFORMED_REQUEST, "SEALED brings no recovery code.");
    }

    private static @Nullable Secret nextCode(Factors factors) throws Refused {
        if (factors.more().size() == RecoveryCode.SIZE) {
            return null;
        }
        var next = Secret.copyOf(factors.more().expose(), RecoveryCode.SIZE, 2 * RecoveryCode.SIZE);
        factors.more().rest();
        if (!RecoveryCode.isCode(next)) {
            next.close();
            throw new Refused(FailureKind.MALFORMED_REQUEST, "The next recovery code is none.");
        }
        return next;
    }

    private Answer open(
            Request request, Bytes spki, DeviceProof proof, Factors factors, Secret code)
            throws Refused {
        var owner = request.owner;
        take(owner);
        var read = read(owner);
        try (var pepper = read.pepper;
                var key = openOwner(read.rows, pepper, code)) {
            read.rows.requireCoveredBy(key);
            key.rest();
            giveBack(owner);
            var now = clock.instant();
            var pending = read.pending;
            if (pending == null
                    || !pending.spki().equals(spki)
                    || !pending.expires().isAfter(now)) {
                return begin(key, read.rows, spki, proof);
            }
            return pending.due().isAfter(now)
                    ? new Answer.Waiting(pending.due())
                    : complete(key, read.rows, pending, proof, factors, new Said(request.verdict));
        }
    }

    private record Read(FactorRows rows, @Nullable RecoveryRow pending, Secret pepper) {}

    private Read read(Id owner) throws Refused {
        try (var reader = store.read()) {
            var rows = FactorRows.read(reader, owner);
            var pepper = peppers.open(reader, slot(rows.recovery()).pepper());
            return new Read(rows, reader.factors().recovery(owner), pepper);
        }
    }

    private static RecoverySlotRow slot(@Nullable RecoverySlotRow slot) throws Refused {
        if (slot == null) {
            throw new Refused(FailureKind.RECOVERY_REFUSED);
        }
        return slot;
    }

    private static OwnerKey openOwner(FactorRows rows, Secret pepper, Secret code) throws Refused {
        try {
            return Slots.openRecovery(code, pepper, slot(rows.recovery()), rows.owner());
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.RECOVERY_REFUSED);
        }
    }

    /// Counts a try, committed before the code is looked at. It only delays, and never for long:
    /// nobody guesses 130 bits, and whoever knows the owner's id must not be able to shut the owner
    /// out.
    private void take(Id owner) throws Refused {
        journal.write(
                (tx, _) -> {
                    var slot = slot(tx.factors().recoverySlot(owner));
                    var now = clock.instant();
                    if (slot.notBefore().isAfter(now)) {
                        long seconds = Duration.between(now, slot.notBefore()).toSeconds() + 1;
                        throw new Refused(
                                FailureKind.FACTORS_DELAYED,
                                "The next try is possible in " + seconds + " s.");
                    }
                    int failures = slot.failures() + 1;
                    tx.factors()
                            .putRecoverySlot(
                                    slot.withFailures(failures, now.plus(delay(failures))));
                    return true;
                });
    }

    private void giveBack(Id owner) throws Refused {
        journal.write(
                (tx, _) -> {
                    var slot = slot(tx.factors().recoverySlot(owner));
                    tx.factors().putRecoverySlot(slot.withFailures(0, Instant.EPOCH));
                    return true;
                });
    }

    private static Duration delay(int failures) {
        if (failures < FREE_FAILURES) {
            return Duration.ZERO;
        }
        var delay = Duration.ofMinutes(1L << Math.min(failures - FREE_FAILURES, 4));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    /// The right code of another key begins anew: whoever has the code can delay another, not be
    /// faster.
    private Answer begin(OwnerKey key, FactorRows rows, Bytes spki, DeviceProof proof)
            throws Refused {
        var due = clock.instant().plus(delay);
        var pending = new RecoveryRow(rows.owner().id(), spki, due, due.plus(PATIENCE));
        var thumbprint = DeviceNumber.thumbprint(spki).base64Url();
        var next =
                new NewRows(
                        rows,
                        thumbprint,
                        Map.of("due", due.toString(), "spki", spki.base64Url()),
                        _ -> {},
                        (tx, _) -> tx.factors().putRecovery(pending));
        writer.write(key, rows, next, BEGUN, BY, thumbprint, proof);
        return new Answer.Waiting(due);
    }

    private Answer complete(
            OwnerKey key,
            FactorRows rows,
            RecoveryRow pending,
            DeviceProof proof,
            Factors factors,
            Said said)
            throws Refused {
        var owner = rows.owner().id();
        try (var k = seals.newK();
                var nextCode = nextCode(factors)) {
            var device =
                    seals.device(
                            owner,
                            seals.newId(Id.Kind.DEVICE),
                            FactorSeals.nameIn(proof.intent()),
                            pending.spki(),
                            factors.share(),
                            k,
                            clock.instant());
            var devices = new ArrayList<DeviceRow>();
            rows.devices().forEach(row -> devices.add(row.isActive() ? row.removed() : row));
            devices.add(device);
            var recovered =
                    rows.withOwner(seals.withPin(rows.owner(), key, k, factors.pin()))
                            .withDevices(devices)
                            .withRecovery(
                                    nextCode == null ? null : seals.recovery(owner, key, nextCode));
            var next =
                    new NewRows(
                            recovered,
                            device.id().text(),
                            said.in(Map.of("spki", device.spki().base64Url())),
                            tx -> {
                                if (!pending.equals(tx.factors().recovery(owner))) {
                                    throw new Refused(FailureKind.RECOVERY_UNKNOWN);
                                }
                            },
                            (tx, _) -> {
                                said.write(tx, device.id());
                                endAll(tx, rows);
                            });
            writer.write(key, rows, next, ChangeKind.RECOVER.text(), BY, BY, proof);
            return new Answer.Recovered(device.id(), device.slot());
        }
    }

    /// Nothing that an earlier device had or asked is left, and no wait of theirs either.
    private void endAll(Tx tx, FactorRows rows) throws Refused {
        var owner = rows.owner().id();
        for (var device : rows.active()) {
            ChangeWriter.end(tx, device.id(), clock.instant());
        }
        for (var request : tx.factors().joinRequests(owner)) {
            tx.factors().deleteJoinRequest(request.device());
        }
        tx.factors().deleteRecovery(owner);
        tx.updateOwner(Objects.requireNonNull(tx.owner(owner)).withFailures(0, Instant.EPOCH));
    }

    /// The recovery that waits for its time; empty when there is none.
    public Optional<Pending> pending(Id owner) throws Refused {
        try (var reader = store.read()) {
            return Optional.ofNullable(reader.factors().recovery(owner))
                    .filter(row -> row.expires().isAfter(clock.instant()))
                    .map(row -> new Pending(row.spki(), row.due()));
        }
    }

    /// What stopping a recovery makes of the owner's rows: nothing but a record.
    NewRows cancel(Matter.Change change, Opened opened) throws Refused {
        Changes.requireEmpty(change.subject());
        var owner = opened.rows().owner().id();
        var pending = pending(owner).orElse(null);
        if (pending == null
                || !DeviceNumber.thumbprint(pending.spki).base64Url().equals(change.after())) {
            throw new Refused(FailureKind.RECOVERY_UNKNOWN);
        }
        return new NewRows(
                opened.rows(),
                change.after(),
                Map.of(),
                tx -> {
                    var row = tx.factors().recovery(owner);
                    if (row == null || !row.spki().equals(pending.spki)) {
                        throw new Refused(FailureKind.RECOVERY_UNKNOWN);
                    }
                },
                (tx, _) -> tx.factors().deleteRecovery(owner));
    }
}
