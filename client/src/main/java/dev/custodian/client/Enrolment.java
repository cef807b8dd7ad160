package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.json.Json;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Makes an owner with a first device of an invitation (FORMATS §3).
public final class Enrolment {
    private final Invitation invitation;
    private final DeviceSigner device;
    private final Clock clock;
    private final SecureRandom random;
    private final Patience patience;

    public Enrolment(Invitation invitation, DeviceSigner device, Clock clock, SecureRandom random) {
        this(invitation, device, clock, random, Patience.USUAL);
    }

    Enrolment(
            Invitation invitation,
            DeviceSigner device,
            Clock clock,
            SecureRandom random,
            Patience patience) {
        this.invitation = invitation;
        this.device = device;
        this.clock = clock;
        this.random = random;
        this.patience = patience;
    }

    /// Who the newcomer is, and what to remember from now on.
    public record Enrolled(Id owner, Id device, Id slot, Remembered remembered) {}

    /// Enrols. Nothing of the invitation's code is sent before the server has proved the
    /// invitation's identity.
    ///
    /// @param share the device's new one
    /// @param pin the one that the owner chose, as [Pin#of] made it
    /// @param shown what the owner was shown
    public Enrolled enrol(Secret share, Secret pin, List<Shown> shown) throws Refused {
        return enrol(share, pin, Secret.owning(new byte[0]), shown);
    }

    /// Enrols, with a recovery code.
    ///
    /// @param recovery a [dev.custodian.core.evidence.RecoveryCode], for the owner to keep on paper
    public Enrolled enrol(Secret share, Secret pin, Secret recovery, List<Shown> shown)
            throws Refused {
        return send(prepare(share, pin, recovery, shown));
    }

    /// A request, to be kept before it is sent: whoever ends in between sends it again.
    ///
    /// @param request for [#send]
    /// @param intents H of what this device approved for this invitation; that of the request last
    public record Asked(Bytes request, List<Bytes> intents) {
        public Asked {
            intents = List.copyOf(intents);
        }

        /// This one, where others were prepared before and perhaps sent.
        public Asked after(Asked before) {
            var all = new ArrayList<>(before.intents);
            all.addAll(intents);
            return new Asked(request, all);
        }

        /// The request holds code and sealed factors.
        @Override
        public String toString() {
            return "Asked";
        }
    }

    /// Prepares the request; sends nothing of it.
    public Asked prepare(Secret share, Secret pin, Secret recovery, List<Shown> shown)
            throws Refused {
        try (var server = PinnedServer.meet(invitation.base(), invitation.thumbprint(), clock)) {
            var iat = server.time().now();
            var intent =
                    new Intent(
                                    invitation.thumbprint(),
                                    new Approver.Newcomer(),
                                    server.enrolmentNonce(),
                                    iat,
                                    iat.plus(Intent.LONGEST),
                                    shown,
                                    new Matter.Enrol(
                                            invitation.codeHash(),
                                            DeviceJwk.of(device.publicKey())))
                            .encode();
            var request =
                    Json.object()
                            .put(
                                    "device",
                                    Jws.sign(Jws.header(Intent.TYPE).build(), intent, device))
                            .put("code", invitation.codeText())
                            .put(
                                    "sealed",
                                    seal(
                                            server,
                                            Hashes.sha256(intent),
                                            share,
                                            pin,
                                            recovery,
                                            random));
            return new Asked(with(device, request).write(), List.of(Hashes.sha256(intent)));
        }
    }

    /// The request with what the device says of itself.
    static Json with(DeviceSigner device, Json.Builder request) {
        device.verdict().ifPresent(said -> request.put("verdict", said.name()));
        return request.build();
    }

    /// Sends a request. The server answers the same device alike, so that one that was prepared
    /// earlier may be the one that counts: its PIN and recovery code then hold.
    public Enrolled send(Asked asked) throws Refused {
        try (var server = PinnedServer.meet(invitation.base(), invitation.thumbprint(), clock)) {
            var request = Json.parse(asked.request, asked.request.size());
            return enrolled(server, asked.intents, post(server, "/enrol", request, patience));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, "What was asked cannot be read.");
        }
    }

    /// Seals what a new device brings; the caller wipes it.
    static Bytes seal(
            PinnedServer server,
            Bytes intentHash,
            Secret share,
            Secret pin,
            Secret more,
            SecureRandom random)
            throws Refused {
        var r = new byte[Factors.SHARE];
        random.nextBytes(r);
        try (var fresh = Secret.owning(r)) {
            return seal(server, intentHash, new Factors(pin, share, fresh, more), random);
        }
    }

    /// Seals to the activation key that the identity vouches for; the caller wipes `factors`.
    static Bytes seal(PinnedServer server, Bytes intentHash, Factors factors, SecureRandom random)
            throws Refused {
        var key = server.identity().activation();
        try {
            return Sealed.seal(key.id(), key.key(), intentHash, factors, random).encode();
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server's activation key is not usable.");
        }
    }

    /// The server answers the same request of the same device alike, so that a lost answer costs no
    /// invitation.
    static Part post(PinnedServer server, String path, Json request, Patience patience)
            throws Refused {
        for (int tries = 1; ; tries++) {
            Refused refusal;
            try {
                var post =
                        HttpRequest.newBuilder(server.route(path))
                                .header("Content-Type", "application/json");
                var answer = Answer.of(path, server.post(post, request.write()));
                if (answer.reply().status() != 503) {
                    return answer.orRefused();
                }
                refusal = answer.refusal();
            } catch (Transport.LostException e) {
                refusal = e.refusal();
            }
            if (tries >= patience.tries()) {
                throw refusal;
            }
            patience.await(tries, 0);
        }
    }

    /// What a further device remembers before it has seen anything of its owner's chain.
    static Remembered remembered(PinnedServer server, Id owner, Id device) throws Refused {
        return new Remembered(
                server.root(),
                server.thumbprint(),
                owner,
                device,
                Checkpoint.start(Journal.key(server).name()),
                new TreeMap<>());
    }

    private Enrolled enrolled(PinnedServer server, List<Bytes> intents, Part answer)
            throws Refused {
        var owner = answer.id(Id.Kind.OWNER, "owner");
        var deviceId = answer.id(Id.Kind.DEVICE, "device");
        var slot = answer.id(Id.Kind.SLOT, "slot");
        var record = Journal.record(answer.inner("record"));
        if (!(Journal.parse(record) instanceof Change change)
                || !intents.contains(change.intent())
                || !change.subject().equals(deviceId.text())) {
            throw new Refused(
                    FailureKind.JOURNAL_BROKEN,
                    "The journal's record of the enrolment is not about this device.");
        }
        try {
            var key = Journal.key(server);
            var newest = ChainCheck.follow(ChainMemory.none(owner), List.of(record));
            var pending = answer.flag("pending");
            var checkpoint =
                    answer.has("checkpoint") || !pending
                            ? ChainCheck.continues(
                                    Checkpoint.start(key.name()),
                                    Journal.note(answer),
                                    key,
                                    List.of())
                            : Checkpoint.start(key.name());
            var proven = !pending || newest.index() < checkpoint.size();
            if (proven) {
                ChainCheck.includes(checkpoint, newest, answer.hashes("proof"));
            }
            var seen = new Remembered.Chain(newest, proven, Bytes.EMPTY, Bytes.EMPTY);
            var nothing =
                    new Remembered(
                            invitation.base(),
                            invitation.thumbprint(),
                            owner,
                            deviceId,
                            checkpoint,
                            new TreeMap<>());
            return new Enrolled(owner, deviceId, slot, nothing.with(checkpoint, seen));
        } catch (JournalBrokenException e) {
            throw Journal.broken(e.reason());
        }
    }
}
