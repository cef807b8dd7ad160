package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
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
    public record Request(String device, Bytes code, Sealed sealed) {}

    /// Who the newcomer is from now on; the owner's chain begins with the `change` record that says
    /// so.
    public record Enrolled(Id owner, Id device, Id slot) {}

    private final Store store;
    private final Journal journal;
    private final Vault vault;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final Peppers peppers;
    private final Pins pins;
    private final Clock clock;
    private final SecureRandom random;
    private final KeyedLocks<Bytes> invitations = new KeyedLocks<>();

    Enrolment(
            Store store,
            Journal journal,
            Vault vault,
            ActivationKeys keys,
            IntentCheck check,
            Peppers peppers,
            Pins pins,
            Clock clock,
            SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.vault = vault;
        this.keys = keys;
        this.check = check;
        this.peppers = peppers;
        this.pins = pins;
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
        var spki = spki(enrol);
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
                return write(enrol.codeHash(), spki, factors, proof.intentHash());
            }
        }
    }

    private static Bytes spki(Matter.Enrol enrol) throws Refused {
        try {
            return Bytes.of(enrol.jwk().publicKey().getEncoded());
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "The device key is refused: " + e.getMessage() + ".");
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

    private Enrolled write(Bytes codeHash, Bytes spki, Factors factors, Bytes intentHash)
            throws Refused {
        var ownerId = Id.of(Id.Kind.OWNER, random(16));
        var deviceId = Id.of(Id.Kind.DEVICE, random(16));
        var slotId = Id.of(Id.Kind.SLOT, random(16));
        var now = clock.instant();
        var k = new byte[32];
        random.nextBytes(k);
        try (var common = Secret.owning(k);
                var ownerKey = OwnerKey.generate(random)) {
            common.rest();
            ownerKey.rest();
            var device = device(ownerId, deviceId, slotId, spki, factors, common, now);
            var owner = owner(ownerId, ownerKey, common, factors, List.of(device), now);
            journal.write(
                    (tx, changes) -> {
                        var name = take(tx, codeHash, ownerId, now);
                        tx.insertOwner(owner.withName(name));
                        tx.insertDevice(device);
                        return changes.append(
                                new NewChange(
                                        ownerId,
                                        WHAT,
                                        deviceId.text(),
                                        "invitation",
                                        intentHash,
                                        // whoever has the journal can check what it signs
                                        Map.of("spki", spki.base64Url())));
                    });
            return new Enrolled(ownerId, deviceId, slotId);
        }
    }

    private static String take(Tx tx, Bytes codeHash, Id owner, Instant now) throws Refused {
        var invitation = tx.invitation(codeHash);
        if (invitation == null || !tx.takeInvitation(codeHash, owner, now)) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
        }
        return invitation.name();
    }

    private DeviceRow device(
            Id owner, Id device, Id slot, Bytes spki, Factors factors, Secret k, Instant now)
            throws Refused {
        var sharePublic = Slots.sharePublic(factors.share());
        try {
            var box = Slots.sealDevice(sharePublic, owner, device, k, random);
            return new DeviceRow(
                    device,
                    owner,
                    slot,
                    "",
                    spki,
                    sharePublic,
                    box,
                    DeviceRow.State.ACTIVE,
                    0,
                    Instant.EPOCH,
                    now);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// The owner's row; its MAC already counts the `change` record that is about to become the
    /// first of the chain.
    private OwnerRow owner(
            Id id, OwnerKey key, Secret k, Factors factors, List<DeviceRow> devices, Instant now)
            throws Refused {
        var salt = random(Pins.SALT);
        long pepperNumber;
        Secret opened;
        // Closed before the PIN is hashed: few can read at once, and hashing is slow.
        try (var reader = store.read()) {
            pepperNumber = Peppers.newest(reader);
            opened = peppers.open(reader, pepperNumber);
        }
        try (var pepper = opened;
                var p = pins.hash(pepper, factors.pin(), salt)) {
            var publicKey = key.publicKey();
            var row =
                    new OwnerRow(
                            id,
                            "",
                            publicKey,
                            OwnerSeal.publicKeyMac(vault, id, publicKey),
                            pepperNumber,
                            salt,
                            Slots.sealPin(k, p, pepperNumber, id, key, random),
                            Bytes.EMPTY,
                            0,
                            Instant.EPOCH,
                            now);
            return row.withFactorsMac(key.factorsMac(row, devices, 1));
        }
    }

    private Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }
}
