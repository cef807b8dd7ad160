package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.RecoverySlotRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A newcomer becomes an owner with a first device (FORMATS §3, §4): makes owner key and K, seals
/// both, forgets both.
public final class Enrolment {
    private static final String WHAT = "enrol";

    /// `POST /enrol`, parsed.
    ///
    /// @param device `DEVICE` of the new device key
    /// @param verdict how well it is kept, as the device says; null when it says nothing
    public record Request(
            String device, Bytes code, Sealed sealed, @Nullable DeviceVerdict verdict) {
        Request(String device, Bytes code, Sealed sealed) {
            this(device, code, sealed, null);
        }
    }

    /// Who the newcomer is from now on; the owner's chain begins with the `change` record that says
    /// so.
    public record Enrolled(Id owner, Id device, Id slot) {}

    private final Store store;
    private final Journal journal;
    private final Vault vault;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final FactorSeals seals;
    private final Clock clock;
    private final SecureRandom random;
    private final KeyedLocks<Bytes> invitations = new KeyedLocks<>();

    Enrolment(
            Store store,
            Journal journal,
            Vault vault,
            ActivationKeys keys,
            IntentCheck check,
            FactorSeals seals,
            Clock clock,
            SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.vault = vault;
        this.keys = keys;
        this.check = check;
        this.seals = seals;
        this.clock = clock;
        this.random = random;
    }

    /// Enrols; the same request again, should its answer have been lost, gives the same answer.
    public Enrolled enrol(Request request) throws Refused {
        var proof = DeviceProof.parse(request.device);
        var intent = proof.intent();
        if (!(intent.matter() instanceof Matter.Enrol enrol)
                || !(intent.approver() instanceof Approver.Newcomer)) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves no first enrolment.");
        }
        var spki = DeviceProof.spki(enrol.jwk());
        proof.verify(spki, "");
        check.frame(intent, "");
        if (!enrol.codeHash().equals(Invitation.codeHash(request.code))) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves another invitation.");
        }
        // One after the other for each invitation: it is worth one PIN's hash and no more.
        try (var _ = invitations.hold(enrol.codeHash())) {
            var earlier = earlier(enrol.codeHash(), spki);
            if (earlier != null) {
                return earlier;
            }
            try (var factors = keys.open(request.sealed, proof.intentHash())) {
                return write(enrol.codeHash(), spki, factors, proof, new Said(request.verdict));
            }
        }
    }

    /// What the same device was answered before; otherwise refuses an invitation that is no good,
    /// before any work.
    private @Nullable Enrolled earlier(Bytes codeHash, Bytes spki) throws Refused {
        try (var reader = store.read()) {
            var invitation = reader.invitation(codeHash);
            if (invitation == null) {
                throw new Refused(FailureKind.INVITATION_REFUSED);
            }
            var owner = invitation.usedBy();
            if (owner != null) {
                return answerTo(reader, owner, spki);
            }
            if (!invitation.expires().isAfter(clock.instant())) {
                throw new Refused(FailureKind.INVITATION_REFUSED);
            }
            return null;
        }
    }

    private static Enrolled answerTo(Reader reader, Id owner, Bytes spki) throws Refused {
        var devices = reader.devices(owner);
        var chain = reader.chain(owner);
        if (devices.size() != 1
                || chain == null
                || chain.seq() != 1
                || !devices.getFirst().spki().equals(spki)) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
        }
        var device = devices.getFirst();
        return new Enrolled(owner, device.id(), device.slot());
    }

    private Enrolled write(
            Bytes codeHash, Bytes spki, Factors factors, DeviceProof proof, Said said)
            throws Refused {
        var ownerId = seals.newId(Id.Kind.OWNER);
        var now = clock.instant();
        try (var k = seals.newK();
                var key = OwnerKey.generate(random)) {
            key.rest();
            var device =
                    seals.device(
                            ownerId,
                            seals.newId(Id.Kind.DEVICE),
                            FactorSeals.nameIn(proof.intent()),
                            spki,
                            factors.share(),
                            k,
                            now);
            var owner = seals.withPin(owner(ownerId, key, now), key, k, factors.pin());
            var recovery = recovery(ownerId, key, factors);
            // Its MAC counts the record that is about to become the first of the chain.
            var rows = new FactorRows(owner, List.of(device), recovery, 0).sealed(key);
            journal.write(
                    (tx, changes) -> {
                        var name = take(tx, codeHash, ownerId, now);
                        tx.insertOwner(rows.owner().withName(name));
                        tx.insertDevice(device);
                        said.write(tx, device.id());
                        if (recovery != null) {
                            tx.factors().putRecoverySlot(recovery);
                        }
                        return changes.append(
                                new NewChange(
                                        ownerId,
                                        WHAT,
                                        device.id().text(),
                                        "invitation",
                                        proof.intentHash(),
                                        // whoever has the journal can check what it signs
                                        said.in(Map.of("spki", spki.base64Url()))),
                                proof.evidence());
                    });
            return new Enrolled(ownerId, device.id(), device.slot());
        }
    }

    /// The slot of the recovery code, if the newcomer brings one.
    private @Nullable RecoverySlotRow recovery(Id owner, OwnerKey key, Factors factors)
            throws Refused {
        if (factors.more().size() == 0) {
            return null;
        }
        if (!RecoveryCode.isCode(factors.more())) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST, "SEALED brings what is no recovery code.");
        }
        return seals.recovery(owner, key, factors.more());
    }

    private static String take(Tx tx, Bytes codeHash, Id owner, Instant now) throws Refused {
        var invitation = tx.invitation(codeHash);
        if (invitation == null || !tx.takeInvitation(codeHash, owner, now)) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
        }
        return invitation.name();
    }

    /// The owner's row before there is a PIN.
    private OwnerRow owner(Id id, OwnerKey key, Instant now) {
        var publicKey = key.publicKey();
        key.rest();
        return new OwnerRow(
                id,
                "",
                publicKey,
                OwnerSeal.publicKeyMac(vault, id, publicKey),
                0,
                Bytes.EMPTY,
                Bytes.EMPTY,
                Bytes.EMPTY,
                0,
                Instant.EPOCH,
                now);
    }
}
