package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Becomes a further device of an owner (FORMATS §3): asks, shows a number, and waits until an
/// enrolled device approves it.
public final class Joining {
    private final OwnerAddress address;
    private final DeviceSigner device;
    private final Clock clock;
    private final SecureRandom random;
    private final Patience patience;

    public Joining(OwnerAddress address, DeviceSigner device, Clock clock, SecureRandom random) {
        this(address, device, clock, random, Patience.USUAL);
    }

    Joining(
            OwnerAddress address,
            DeviceSigner device,
            Clock clock,
            SecureRandom random,
            Patience patience) {
        this.address = address;
        this.device = device;
        this.clock = clock;
        this.random = random;
        this.patience = patience;
    }

    /// What was asked, to be asked again until somebody has answered.
    ///
    /// @param device the id that it waits under and will have
    /// @param number for both screens
    /// @param until when it has to ask anew
    public record Asked(Id device, String number, Instant until, Bytes intentHash, Bytes request) {
        /// The request holds sealed factors.
        @Override
        public String toString() {
            return "Asked[" + device + "]";
        }
    }

    /// One of the owner's devices now, if the owner's chain says so too: see [#check].
    ///
    /// @param remembered what to begin a [Memory] with
    /// @param intentHash of what it asked
    public record Joined(Id owner, Id device, Id slot, Remembered remembered, Bytes intentHash) {}

    /// Asks. The person types the PIN that the owner has already.
    ///
    /// @param share the device's new one; the caller wipes it
    /// @param pin the owner's; the caller wipes it
    /// @param shown what the person was shown; `device` is what the device calls itself
    public Asked ask(Secret share, Secret pin, List<Shown> shown) throws Refused {
        try (var server = PinnedServer.meet(address.base(), address.thumbprint(), clock);
                var none = Secret.owning(new byte[0])) {
            var iat = server.time().now();
            var intent =
                    new Intent(
                                    address.thumbprint(),
                                    new Approver.Elsewhere(address.owner()),
                                    server.enrolmentNonce(),
                                    iat,
                                    iat.plus(Intent.LONGEST),
                                    shown,
                                    new Matter.Enrol(
                                            Matter.Enrol.NO_CODE, DeviceJwk.of(device.publicKey())))
                            .encode();
            var hash = Hashes.sha256(intent);
            var request =
                    Json.object()
                            .put("owner", address.owner().text())
                            .put(
                                    "device",
                                    Jws.sign(Jws.header(Intent.TYPE).build(), intent, device))
                            .put("sealed", Enrolment.seal(server, hash, share, pin, none, random));
            var said = Enrolment.with(device, request);
            var waiting = Enrolment.post(server, "/enrol", said, patience).inner("waiting");
            var id = waiting.id(Id.Kind.DEVICE, "device");
            var thumbprint = DeviceNumber.thumbprint(Bytes.of(device.publicKey().getEncoded()));
            return new Asked(
                    id,
                    DeviceNumber.of(thumbprint, id),
                    Devices.time(waiting, "until"),
                    hash,
                    said.write());
        }
    }

    /// Asks what became of it: nothing yet, or the owner's device. A refusal means that it has to
    /// ask anew, and shows another number.
    public Optional<Joined> look(Asked asked) throws Refused {
        try (var server = PinnedServer.meet(address.base(), address.thumbprint(), clock)) {
            var answer = Enrolment.post(server, "/enrol", parsed(asked.request), patience);
            if (answer.has("waiting")) {
                if (!answer.inner("waiting").id(Id.Kind.DEVICE, "device").equals(asked.device)) {
                    throw new Refused(FailureKind.JOIN_REQUEST_GONE);
                }
                return Optional.empty();
            }
            var owner = answer.id(Id.Kind.OWNER, "owner");
            var id = answer.id(Id.Kind.DEVICE, "device");
            if (!owner.equals(address.owner()) || !id.equals(asked.device)) {
                throw new Refused(
                        FailureKind.PROTOCOL_BROKEN,
                        "The server makes this another device, or another owner's.");
            }
            return Optional.of(
                    new Joined(
                            owner,
                            id,
                            answer.id(Id.Kind.SLOT, "slot"),
                            Enrolment.remembered(server, owner, id),
                            asked.intentHash));
        } catch (Refused e) {
            // A request that was forgotten looks like a new one whose nonce is old.
            if (e.kind() == FailureKind.INTENT_EXPIRED
                    || e.kind() == FailureKind.ACTIVATION_KEY_GONE) {
                throw new Refused(FailureKind.JOIN_REQUEST_GONE);
            }
            throw e;
        }
    }

    private static Json parsed(Bytes request) throws Refused {
        try {
            return Json.parse(request, request.size());
        } catch (MalformedException e) {
            throw new IllegalStateException("written by ourselves", e);
        }
    }

    /// That the owner's chain has this device, with this key, by an approval of what it asked;
    /// returns that record. To be asked before anything is signed.
    public Change check(Joined joined, Journal journal) throws Refused {
        var spki = Bytes.of(device.publicKey().getEncoded()).base64Url();
        for (var record : journal.catchUp(joined.owner).records()) {
            if (Journal.parse(record) instanceof Change change
                    && change.what().equals(ChangeKind.ADD_DEVICE.text())
                    && change.subject().equals(joined.device.text())) {
                if (!change.details().getOrDefault(Devices.SPKI, "").equals(spki)
                        || !change.details()
                                .getOrDefault("request", "")
                                .equals(joined.intentHash.base64Url())) {
                    break;
                }
                return change;
            }
        }
        throw new Refused(
                FailureKind.JOURNAL_BROKEN, "The journal has no record that added this device.");
    }

    /// The thumbprint of a key in base64url; nothing's when it is none.
    static Bytes thumbprint(String spki) {
        try {
            return DeviceNumber.thumbprint(Bytes.fromBase64Url(spki));
        } catch (MalformedException e) {
            return Bytes.EMPTY;
        }
    }
}
