package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.activation.OwnerOpening.Opened;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.JoinRequestRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A further device of an owner (FORMATS §3): what it sends is kept as sent, until an enrolled
/// device approves the very key that both screens show the number of.
public final class Joining {
    /// How long a request waits, and its answer is kept.
    static final Duration LIFE = Duration.ofHours(1);

    /// Most that wait for one owner.
    static final int MOST = 4;

    /// `POST /enrol` without CODE, parsed.
    ///
    /// @param device `DEVICE` of the new device key
    /// @param verdict how well it is kept, as the device says; null when it says nothing
    public record Request(Id owner, String device, Sealed sealed, @Nullable DeviceVerdict verdict) {
        Request(Id owner, String device, Sealed sealed) {
            this(owner, device, sealed, null);
        }
    }

    /// What the new device is told.
    public sealed interface Answer {
        /// Nobody has approved it yet.
        ///
        /// @param device the id that it waits under and will have
        record Waiting(Id device, Instant expires) implements Answer {}

        /// It is one of the owner's devices now; the owner's chain says so.
        record Joined(Id device, Id slot) implements Answer {}
    }

    /// A request as the owner's devices see it.
    ///
    /// @param name what the new device calls itself
    /// @param spki its key, DER
    /// @param verdict how well it is kept, as the device says; null when it says nothing
    public record Waiting(
            Id device, String name, Bytes spki, Instant expires, @Nullable DeviceVerdict verdict) {}

    private final Store store;
    private final Journal journal;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final FactorSeals seals;
    private final Clock clock;

    Joining(
            Store store,
            Journal journal,
            ActivationKeys keys,
            IntentCheck check,
            FactorSeals seals,
            Clock clock) {
        this.store = store;
        this.journal = journal;
        this.keys = keys;
        this.check = check;
        this.seals = seals;
        this.clock = clock;
    }

    /// Takes a new device's request; the same one again is told what became of it.
    public Answer ask(Request request) throws Refused {
        var proof = DeviceProof.parse(request.device);
        var intent = proof.intent();
        if (!(intent.matter() instanceof Matter.Enrol enrol)
                || !intent.approver().equals(new Approver.Elsewhere(request.owner))
                || !enrol.codeHash().equals(Matter.Enrol.NO_CODE)) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH, "It asks not for a further device of this owner.");
        }
        var spki = DeviceProof.spki(enrol.jwk());
        proof.verify(spki, "");
        var earlier = earlier(proof.intentHash());
        if (earlier != null) {
            return earlier;
        }
        check.frame(intent, "");
        // Whoever waits for an approval wants to hear now that it could never be opened.
        keys.privateKey(request.sealed.keyId());
        var row =
                new JoinRequestRow(
                        seals.newId(Id.Kind.DEVICE),
                        request.owner,
                        FactorSeals.nameIn(intent),
                        proof.intentHash(),
                        spki,
                        request.sealed.encode(),
                        0,
                        clock.instant().plus(LIFE),
                        request.verdict);
        return journal.write(
                (tx, _) -> {
                    keep(tx, row);
                    return new Answer.Waiting(row.device(), row.expires());
                });
    }

    private @Nullable Answer earlier(Bytes intent) throws Refused {
        try (var reader = store.read()) {
            var row = reader.factors().joinRequestOf(intent);
            if (row == null || !row.expires().isAfter(clock.instant())) {
                return null;
            }
            if (row.seq() == 0) {
                return new Answer.Waiting(row.device(), row.expires());
            }
            var device = reader.device(row.device());
            if (device == null || !device.isActive()) {
                throw new Refused(FailureKind.JOIN_REQUEST_GONE);
            }
            return new Answer.Joined(row.device(), device.slot());
        }
    }

    /// Keeps a request in place of an earlier one of the same key.
    private void keep(Tx tx, JoinRequestRow row) throws Refused {
        if (tx.owner(row.owner()) == null) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
        }
        var others = new ArrayList<JoinRequestRow>();
        var same = new ArrayList<JoinRequestRow>();
        for (var waiting : waiting(tx, row.owner())) {
            (waiting.spki().equals(row.spki()) ? same : others).add(waiting);
        }
        if (others.size() >= MOST) {
            throw new Refused(FailureKind.JOIN_REQUESTS_FULL);
        }
        for (var earlier : same) {
            tx.factors().deleteJoinRequest(earlier.device());
        }
        tx.factors().insertJoinRequest(row);
    }

    private List<JoinRequestRow> waiting(Reader reader, Id owner) throws Refused {
        var now = clock.instant();
        return reader.factors().joinRequests(owner).stream().filter(r -> r.waits(now)).toList();
    }

    /// What waits for the owner's approval.
    public List<Waiting> waiting(Id owner) throws Refused {
        try (var reader = store.read()) {
            return waiting(reader, owner).stream()
                    .map(r -> new Waiting(r.device(), r.name(), r.spki(), r.expires(), r.verdict()))
                    .toList();
        }
    }

    /// Forgets a request that an owner's device refuses.
    public void refuse(Id owner, Id device) throws Refused {
        // Asked before, so that nobody makes the writer look for what is not there.
        try (var reader = store.read()) {
            var _ = waiting(reader, owner, device);
        }
        journal.write(
                (tx, _) -> {
                    var _ = waiting(tx, owner, device);
                    tx.factors().deleteJoinRequest(device);
                    return true;
                });
    }

    private JoinRequestRow waiting(Reader reader, Id owner, Id device) throws Refused {
        var row = reader.factors().joinRequest(device);
        if (row == null || !row.owner().equals(owner) || !row.waits(clock.instant())) {
            throw new Refused(FailureKind.JOIN_REQUEST_GONE);
        }
        return row;
    }

    /// The owner's rows with the device that was approved: its share, unsealed only now, opens a
    /// slot of its own.
    NewRows approve(Matter.Change change, Factors factors, Opened opened) throws Refused {
        var owner = opened.rows().owner().id();
        var request = waiting(owner, change.subject());
        var thumbprint = DeviceNumber.thumbprint(request.spki()).base64Url();
        if (!change.after().equals(thumbprint)) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "It approves another key than the one that waits.");
        }
        var row = device(request, factors, opened);
        var said = new Said(request.verdict());
        var devices = new ArrayList<>(opened.rows().devices());
        devices.add(row);
        return new NewRows(
                opened.rows().withDevices(devices),
                row.id().text(),
                // whoever has the journal can check what the new device signs, and that it asked
                said.in(
                        Map.of(
                                "spki", row.spki().base64Url(),
                                "request", request.intent().base64Url())),
                tx -> {
                    if (!request.equals(tx.factors().joinRequest(row.id()))) {
                        throw new Refused(FailureKind.JOIN_REQUEST_GONE);
                    }
                },
                (tx, seq) -> {
                    said.write(tx, row.id());
                    tx.factors().approveJoinRequest(row.id(), seq, clock.instant().plus(LIFE));
                });
    }

    private JoinRequestRow waiting(Id owner, String device) throws Refused {
        try (var reader = store.read()) {
            return waiting(reader, owner, Id.parse(Id.Kind.DEVICE, device));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.JOIN_REQUEST_GONE);
        }
    }

    private DeviceRow device(JoinRequestRow request, Factors factors, Opened opened)
            throws Refused {
        try (var theirs = keys.open(Sealed.decode(request.sealed()), request.intent())) {
            boolean same = theirs.pin().equals(factors.pin());
            factors.pin().rest();
            if (!same || theirs.more().size() > 0) {
                throw forget(request, "Another PIN was typed on the new device.");
            }
            return seals.device(
                    request.owner(),
                    request.device(),
                    request.name(),
                    request.spki(),
                    theirs.share(),
                    opened.k(),
                    clock.instant());
        } catch (MalformedException e) {
            throw new Refused(FailureKind.TAMPERED, "The new device's request was changed.");
        } catch (Refused e) {
            throw switch (e.kind()) {
                case ACTIVATION_KEY_GONE ->
                        forget(request, "The server has given up the key that it was sealed to.");
                case FACTORS_REFUSED -> forget(request, "It cannot be opened.");
                default -> e;
            };
        }
    }

    /// A request that can never be approved: the new device hears so, and asks again.
    private Refused forget(JoinRequestRow request, String why) throws Refused {
        journal.write(
                (tx, _) -> {
                    tx.factors().deleteJoinRequest(request.device());
                    return true;
                });
        return new Refused(FailureKind.JOIN_REQUEST_GONE, why);
    }
}
