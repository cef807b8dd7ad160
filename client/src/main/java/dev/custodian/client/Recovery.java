package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
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

/// Gets an owner's keys back with the recovery code alone (FORMATS §4): this device becomes the
/// only one, with a new PIN, after a delay. The same is asked twice: to begin, and when it is due.
public final class Recovery {
    private static final int MOST_ACTIVATION_KEYS = 3;

    private final OwnerAddress address;
    private final DeviceSigner device;
    private final Clock clock;
    private final SecureRandom random;
    private final Patience patience;

    public Recovery(OwnerAddress address, DeviceSigner device, Clock clock, SecureRandom random) {
        this(address, device, clock, random, Patience.USUAL);
    }

    Recovery(
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

    /// What came of it.
    public sealed interface Answer {
        /// The code was right. The same device asks again when it is due, if nobody stops it.
        record Waiting(Instant due) implements Answer {}

        /// The owner's only device now, if the owner's chain says so too: see [#check].
        ///
        /// @param remembered what to begin a [Memory] with
        record Recovered(Id owner, Id device, Id slot, Remembered remembered, Bytes intentHash)
                implements Answer {}
    }

    /// The secrets of a recovery; whoever made them wipes them.
    ///
    /// @param share the new device's
    /// @param pin the new one; counts only when the recovery is completed
    /// @param code the recovery code that is used up by this
    /// @param next the recovery code from then on
    public record Secrets(Secret share, Secret pin, Secret code, Secret next) {}

    /// Begins a recovery, or completes it when it is due.
    public Answer recover(Secrets secrets, List<Shown> shown) throws Refused {
        for (int keys = 1; ; keys++) {
            try (var server = PinnedServer.meet(address.base(), address.thumbprint(), clock);
                    var codes = joined(secrets)) {
                return recover(server, secrets, codes, shown);
            } catch (Refused e) {
                if (e.kind() != FailureKind.ACTIVATION_KEY_GONE || keys >= MOST_ACTIVATION_KEYS) {
                    throw e;
                }
            }
        }
    }

    private Answer recover(PinnedServer server, Secrets secrets, Secret codes, List<Shown> shown)
            throws Refused {
        var jwk = DeviceJwk.of(device.publicKey());
        var spki = Bytes.of(device.publicKey().getEncoded());
        var iat = server.time().now();
        var intent =
                new Intent(
                                address.thumbprint(),
                                new Approver.Elsewhere(address.owner()),
                                server.recoveryNonce(),
                                iat,
                                iat.plus(Intent.LONGEST),
                                shown,
                                new Matter.Change(
                                        ChangeKind.RECOVER.text(),
                                        address.owner().text(),
                                        DeviceNumber.thumbprint(spki).base64Url()))
                        .encode();
        var hash = Hashes.sha256(intent);
        var request =
                Json.object()
                        .put("owner", address.owner().text())
                        .put("x", jwk.x())
                        .put("y", jwk.y())
                        .put("device", Jws.sign(Jws.header(Intent.TYPE).build(), intent, device))
                        .put(
                                "sealed",
                                Enrolment.seal(
                                        server, hash, secrets.share, secrets.pin, codes, random));
        var answer = Enrolment.post(server, "/recover", Enrolment.with(device, request), patience);
        if (answer.has("waiting")) {
            return new Answer.Waiting(Devices.time(answer.inner("waiting"), "due"));
        }
        var owner = answer.id(Id.Kind.OWNER, "owner");
        if (!owner.equals(address.owner())) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server recovers another owner's keys.");
        }
        var id = answer.id(Id.Kind.DEVICE, "device");
        return new Answer.Recovered(
                owner,
                id,
                answer.id(Id.Kind.SLOT, "slot"),
                Enrolment.remembered(server, owner, id),
                hash);
    }

    private static Secret joined(Secrets secrets) {
        var code = secrets.code.expose();
        var next = secrets.next.expose();
        var codes = new byte[code.length + next.length];
        System.arraycopy(code, 0, codes, 0, code.length);
        System.arraycopy(next, 0, codes, code.length, next.length);
        return Secret.owning(codes);
    }

    /// That the owner's chain has this recovery with this key; returns that record. To be asked
    /// before anything is signed.
    public Change check(Answer.Recovered recovered, Journal journal) throws Refused {
        var spki = Bytes.of(device.publicKey().getEncoded()).base64Url();
        for (var record : journal.catchUp(recovered.owner).records()) {
            if (Journal.parse(record) instanceof Change change
                    && change.intent().equals(recovered.intentHash)
                    && change.what().equals(ChangeKind.RECOVER.text())
                    && change.subject().equals(recovered.device.text())
                    && change.details().getOrDefault(Devices.SPKI, "").equals(spki)) {
                return change;
            }
        }
        throw new Refused(
                FailureKind.JOURNAL_BROKEN, "The journal has no record of this recovery.");
    }
}
