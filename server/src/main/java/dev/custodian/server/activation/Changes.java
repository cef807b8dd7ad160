package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.activation.OwnerOpening.Opened;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.MadeChangeRow;
import dev.custodian.server.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes an owner's factors as one of their devices approved it, step by step in the order of
/// FORMATS §4, like an [Activation].
public final class Changes {
    /// A `change` of an enrolled device, parsed.
    ///
    /// @param device `DEVICE`: a compact JWS
    /// @param sealed `SEALED`; for a new PIN or recovery code, with it inside
    public record Request(DeviceCaller caller, String device, Sealed sealed) {}

    /// What was changed.
    ///
    /// @param seq number of its record in the owner's chain
    public record Changed(Id owner, long seq) {}

    private final Store store;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final OwnerOpening opening;
    private final FactorSeals seals;
    private final ChangeWriter writer;
    private final Joining joining;
    private final Recovery recovery;
    private final KeyedLocks<Id> devices;
    private final KeyedLocks<Id> owners;
    private final Clock clock;

    Changes(
            Store store,
            ActivationKeys keys,
            IntentCheck check,
            OwnerOpening opening,
            FactorSeals seals,
            ChangeWriter writer,
            Joining joining,
            Recovery recovery,
            KeyedLocks<Id> devices,
            KeyedLocks<Id> owners,
            Clock clock) {
        this.store = store;
        this.keys = keys;
        this.check = check;
        this.opening = opening;
        this.seals = seals;
        this.writer = writer;
        this.joining = joining;
        this.recovery = recovery;
        this.devices = devices;
        this.owners = owners;
        this.clock = clock;
    }

    /// Changes what the device approved. The same request again gives the same answer and changes
    /// nothing.
    public Changed change(Request request) throws Refused {
        var caller = request.caller;
        var proof = DeviceProof.parse(request.device);
        // One after the other for each device, so that no two guesses are under way; then for each
        // owner, so that the second change begins where the first ended.
        try (var _ = devices.hold(caller.device());
                var _ = owners.hold(caller.owner())) {
            var device = device(caller);
            proof.verify(device.spki(), device.id().text());
            IntentCheck.approver(proof.intent(), caller);
            if (!(proof.intent().matter() instanceof Matter.Change change)) {
                throw new Refused(FailureKind.INTENT_MISMATCH, "It approves no change.");
            }
            var made = made(proof);
            if (made != null) {
                return repeat(made, caller);
            }
            check.frame(proof.intent(), caller.owner().text());
            var kind = kind(change);
            try (var factors = keys.open(request.sealed, proof.intentHash());
                    var opened = opening.openAll(factors, device)) {
                var next = next(kind, change, factors, opened);
                long seq =
                        writer.write(
                                opened.key(),
                                opened.rows(),
                                next,
                                kind.text(),
                                device.id().text(),
                                caller.sender(),
                                proof);
                return new Changed(caller.owner(), seq);
            }
        }
    }

    private DeviceRow device(DeviceCaller caller) throws Refused {
        try (var reader = store.read()) {
            var device = reader.device(caller.device());
            if (device == null || !device.isActive() || !device.owner().equals(caller.owner())) {
                throw new Refused(FailureKind.NOT_AUTHENTICATED);
            }
            return device;
        }
    }

    private @Nullable MadeChangeRow made(DeviceProof proof) throws Refused {
        try (var reader = store.read()) {
            return reader.factors().madeChange(proof.intentHash());
        }
    }

    private static Changed repeat(MadeChangeRow made, DeviceCaller caller) throws Refused {
        if (!made.sender().equals(caller.sender())) {
            throw new Refused(FailureKind.INTENT_MISMATCH);
        }
        return new Changed(made.owner(), made.seq());
    }

    private static ChangeKind kind(Matter.Change change) throws Refused {
        try {
            return ChangeKind.parse(change.what());
        } catch (MalformedException e) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves a change of another kind.");
        }
    }

    private NewRows next(ChangeKind kind, Matter.Change change, Factors factors, Opened opened)
            throws Refused {
        boolean brings = kind == ChangeKind.PIN || kind == ChangeKind.RECOVERY_CODE;
        if (brings != factors.more().size() > 0) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "SEALED brings " + (brings ? "no" : "a") + " further secret.");
        }
        return switch (kind) {
            case PIN -> pin(change, factors, opened);
            case ADD_DEVICE -> joining.approve(change, factors, opened);
            case REMOVE_DEVICE -> remove(change, factors, opened);
            case RECOVERY_CODE -> recoveryCode(change, factors, opened);
            case CANCEL_RECOVERY -> recovery.cancel(change, opened);
            case RECOVER ->
                    throw new Refused(
                            FailureKind.INTENT_MISMATCH, "A recovery is approved by its code.");
        };
    }

    private NewRows pin(Matter.Change change, Factors factors, Opened opened) throws Refused {
        requireEmpty(change.subject());
        requireEmpty(change.after());
        var rows = opened.rows();
        var owner = seals.withPin(rows.owner(), opened.key(), opened.k(), factors.more());
        return new NewRows(rows.withOwner(owner), owner.id().text());
    }

    private NewRows recoveryCode(Matter.Change change, Factors factors, Opened opened)
            throws Refused {
        requireEmpty(change.subject());
        requireEmpty(change.after());
        if (!RecoveryCode.isCode(factors.more())) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST, "SEALED brings what is no recovery code.");
        }
        var owner = opened.rows().owner().id();
        var slot = seals.recovery(owner, opened.key(), factors.more());
        return new NewRows(opened.rows().withRecovery(slot), owner.text());
    }

    /// The other devices get a new K, which needs none of them to be there: what the removed one
    /// can still open then opens nothing.
    private NewRows remove(Matter.Change change, Factors factors, Opened opened) throws Refused {
        requireEmpty(change.after());
        var rows = opened.rows();
        var removed = rows.active().stream().filter(d -> d.id().text().equals(change.subject()));
        var id = removed.map(DeviceRow::id).findFirst().orElse(null);
        if (id == null) {
            throw new Refused(FailureKind.DEVICE_UNKNOWN);
        }
        if (rows.active().size() == 1) {
            throw new Refused(FailureKind.LAST_DEVICE);
        }
        try (var k = seals.newK()) {
            var devices = new ArrayList<DeviceRow>();
            for (var row : rows.devices()) {
                if (row.id().equals(id)) {
                    devices.add(row.removed());
                } else {
                    devices.add(row.isActive() ? seals.withK(row, k) : row);
                }
            }
            var owner = seals.withPin(rows.owner(), opened.key(), k, factors.pin());
            return new NewRows(
                    rows.withOwner(owner).withDevices(devices),
                    id.text(),
                    Map.of(),
                    _ -> {},
                    (tx, _) -> ChangeWriter.end(tx, id, clock.instant()));
        }
    }

    static void requireEmpty(String member) throws Refused {
        if (!member.isEmpty()) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH, "It says more than such a change can mean.");
        }
    }
}
