package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.util.List;

/// One change of the owner's factors (FORMATS §1): approved by this device, and believed only when
/// the journal has a record of exactly this change under exactly this approval.
final class OwnerChange {
    private static final int MOST_ACTIVATION_KEYS = 3;

    private final DeviceSession session;
    private final Journal journal;
    private final SecureRandom random;

    /// What is to be changed, and what the person was shown of it.
    ///
    /// @param subject of the intent
    /// @param after of the intent
    /// @param about whom or what the journal's record must name
    record Wanted(ChangeKind kind, String subject, String after, String about, List<Shown> shown) {}

    OwnerChange(DeviceSession session, Journal journal, SecureRandom random) {
        this.session = session;
        this.journal = journal;
        this.random = random;
    }

    /// Makes a change that brings no further secret.
    Change make(Wanted wanted, FactorSource.Given given) throws Refused {
        try (var none = Secret.owning(new byte[0])) {
            return make(wanted, given, none);
        }
    }

    /// Makes the change; returns the journal's record of it. Asked only after the person has
    /// answered: the nonce must not grow old while somebody thinks.
    ///
    /// @param given wiped here
    /// @param more the further secret; the caller wipes it
    Change make(Wanted wanted, FactorSource.Given given, Secret more) throws Refused {
        var secret = new byte[Factors.SHARE];
        random.nextBytes(secret);
        // One at a time: what another thread learned of the chain meanwhile would look like a lie
        // here.
        synchronized (session.memory()) {
            var owner = session.memory().now().owner();
            try (given;
                    var r = Secret.owning(secret);
                    var factors = new Factors(given.pin(), given.share(), r, more)) {
                var intent = intent(wanted, challenge()).encode();
                var hash = Hashes.sha256(intent);
                var header =
                        Jws.header(Intent.TYPE)
                                .keyID(session.memory().now().device().text())
                                .build();
                var evidence = Jws.sign(header, intent, session.device());
                var answer = send(evidence, hash, factors, owner);
                var seen = journal.take(owner, answer.inner("custodian"));
                return find(wanted, hash, seen.records());
            }
        }
    }

    /// Fetches a nonce, and with it the server's time and activation key.
    private Bytes challenge() throws Refused {
        var answer = session.call("owner/getChallenge", Json.object().build()).orRefused();
        session.server()
                .believe(
                        answer.inner("custodian").text("identity"),
                        FailureKind.ACTIVATION_KEY_NOT_VOUCHED);
        return answer.bytes("challenge");
    }

    private Intent intent(Wanted wanted, Bytes nonce) throws Refused {
        var known = session.memory().now();
        var iat = session.server().time().now();
        try {
            return new Intent(
                    known.thumbprint(),
                    new Approver.OnDevice(known.owner(), known.device()),
                    nonce,
                    iat,
                    iat.plus(Intent.LONGEST),
                    wanted.shown,
                    new Matter.Change(wanted.kind.text(), wanted.subject, wanted.after));
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server's challenge does not fit an intent.");
        }
    }

    /// Repeats the same evidence until there is an answer; seals the same factors anew when the
    /// activation key went.
    private Part send(String evidence, Bytes intentHash, Factors factors, Id owner) throws Refused {
        for (int tries = 1; ; tries++) {
            var known = session.memory().now();
            var sealed = Enrolment.seal(session.server(), intentHash, factors, random);
            var body =
                    Json.object()
                            .put("device", evidence)
                            .put("sealed", sealed)
                            .put("since", known.chain(owner).newest().seq())
                            .put("size", known.checkpoint().size())
                            .build();
            var answer = session.call("owner/change", body);
            if (answer.isOk()) {
                return answer.body();
            }
            var refusal = answer.refusal();
            if (refusal.kind() != FailureKind.ACTIVATION_KEY_GONE
                    || tries >= MOST_ACTIVATION_KEYS) {
                throw refusal;
            }
            challenge();
        }
    }

    private Change find(Wanted wanted, Bytes intentHash, List<SaltedRecord> records)
            throws Refused {
        for (var record : records) {
            if (Journal.parse(record) instanceof Change change
                    && change.intent().equals(intentHash)) {
                if (!change.what().equals(wanted.kind.text())
                        || !change.subject().equals(wanted.about)
                        || !change.by().equals(session.memory().now().device().text())) {
                    throw new Refused(
                            FailureKind.JOURNAL_BROKEN,
                            "The journal tells of another change than the one that was approved.");
                }
                return change;
            }
        }
        throw new Refused(FailureKind.JOURNAL_BROKEN, "The journal has no record of the change.");
    }
}
