package dev.custodian.server.activation;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewApproval;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Approval given ahead, for `login` and `code` (FORMATS §6): PIN and share are proved once, in the
/// order of every activation, and the secret that comes of it stands in for them until the consent
/// ends.
public final class Consents {
    /// The longest that a consent may last.
    public static final Duration LONGEST = Duration.ofHours(24);

    /// The same for documents: a program that signs each twice does so at once.
    public static final Duration LONGEST_DOCUMENT = Duration.ofMinutes(2);

    private static final int LONGEST_SUBJECT = 1024;
    private static final List<String> FACTORS = List.of("device", "pin");
    private static final String FORGOTTEN = "consent-forgotten";

    /// `consents/grant`, parsed.
    ///
    /// @param device `DEVICE`: a compact JWS over a `consent` intent
    public record Request(DeviceCaller caller, Id credential, String device, Sealed sealed) {}

    /// The answer to a `consent` intent.
    public record Granted(Id id, ConsentSecret secret, Level level) {}

    /// A consent as its device may see it.
    ///
    /// @param remaining signatures that are left of `count`
    public record View(
            Id id,
            Id credential,
            Purpose purpose,
            String subject,
            int count,
            int remaining,
            Instant until) {}

    private final Store store;
    private final Journal journal;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final OwnerOpening opening;
    private final Renewal renewal;
    private final Demands demands;
    private final Hardware hardware;
    private final KeyedLocks<Id> devices;
    private final Clock clock;
    private final SecureRandom random;

    Consents(
            Store store,
            Journal journal,
            ActivationKeys keys,
            IntentCheck check,
            OwnerOpening opening,
            Renewal renewal,
            Demands demands,
            Hardware hardware,
            KeyedLocks<Id> devices,
            Clock clock,
            SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.keys = keys;
        this.check = check;
        this.opening = opening;
        this.renewal = renewal;
        this.demands = demands;
        this.hardware = hardware;
        this.devices = devices;
        this.clock = clock;
        this.random = random;
    }

    /// Gives the consent that the device approved. The same request again gives the same answer and
    /// asks for no factor twice.
    public Granted grant(Request request) throws Refused {
        var caller = request.caller;
        var proof = DeviceProof.parse(request.device);
        try (var _ = devices.hold(caller.device())) {
            var standing = Standing.load(store, caller, request.credential);
            proof.verify(standing.device().spki(), caller.device().text());
            IntentCheck.approver(proof.intent(), caller);
            var seen = find(ConsentSecret.id(proof.intentHash()));
            if (seen != null) {
                return repeat(seen, proof, request, standing.credential());
            }
            check.frame(proof.intent(), caller.owner().text());
            var matter = IntentCheck.consent(proof.intent(), standing.credential());
            checkTerms(matter);
            var bound = hardware.bound(store, standing);
            demands.consent(standing.credential(), bound);
            return write(request, proof, matter, standing, bound.level());
        }
    }

    private @Nullable ConsentRow find(Id consent) throws Refused {
        try (var reader = store.read()) {
            return reader.consents().find(consent);
        }
    }

    /// `r` is known to the first sender alone, as in a repeated authorization.
    private Granted repeat(
            ConsentRow seen, DeviceProof proof, Request request, CredentialRow credential)
            throws Refused {
        try (var factors = keys.open(request.sealed, proof.intentHash())) {
            var secret = ConsentSecret.derive(factors.r(), proof.intentHash());
            if (!seen.device().equals(request.caller.device())
                    || !seen.credential().equals(request.credential)
                    || !secret.hash().equalsConstantTime(seen.secret())) {
                throw new Refused(FailureKind.FACTORS_REFUSED);
            }
            ConsentRules.requireLive(seen, credential, clock.instant());
            return new Granted(seen.id(), secret, seen.level());
        }
    }

    private void checkTerms(Matter.Consent matter) throws Refused {
        var now = clock.instant();
        if (!matter.until().isAfter(now)) {
            throw new Refused(FailureKind.CONSENT_EXPIRED);
        }
        var longest = matter.purpose() == Purpose.DOCUMENT ? LONGEST_DOCUMENT : LONGEST;
        if (matter.until().isAfter(now.plus(longest))) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "A consent for the purpose "
                            + matter.purpose().text()
                            + " lasts at most "
                            + words(longest)
                            + ".");
        }
        if (matter.subject().isBlank() || matter.subject().length() > LONGEST_SUBJECT) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "A consent names its subject in at most " + LONGEST_SUBJECT + " characters.");
        }
    }

    private static String words(Duration longest) {
        return longest.toHours() > 0
                ? longest.toHours() + " hours"
                : longest.toMinutes() + " minutes";
    }

    private Granted write(
            Request request,
            DeviceProof proof,
            Matter.Consent matter,
            Standing standing,
            Level level)
            throws Refused {
        try (var factors = keys.open(request.sealed, proof.intentHash());
                var owner = opening.open(factors, standing.device())) {
            var freed = renewal.free(standing, owner);
            var secret = ConsentSecret.derive(factors.r(), proof.intentHash());
            factors.rest();
            var terms = row(request.caller, proof, matter, standing.credential(), level, secret);
            var consent = terms.withOpening(ConsentRules.seal(secret, terms, freed.key(), random));
            var approval =
                    new NewApproval(
                            consent.credential(),
                            proof.intentHash(),
                            level,
                            FACTORS,
                            request.caller.sender(),
                            proof.intent().shown(),
                            proof.evidence());
            return journal.write(
                    (tx, records) -> {
                        standing.unchanged(tx);
                        if (tx.consents().find(consent.id()) != null) {
                            // Another node was faster: what it wrote is found when asked again.
                            throw new Refused(FailureKind.BUSY);
                        }
                        tx.consents().insert(consent);
                        freed.write(tx);
                        records.append(approval);
                        return new Granted(consent.id(), secret, level);
                    });
        }
    }

    private static ConsentRow row(
            DeviceCaller caller,
            DeviceProof proof,
            Matter.Consent matter,
            CredentialRow credential,
            Level level,
            ConsentSecret secret) {
        return new ConsentRow(
                ConsentSecret.id(proof.intentHash()),
                secret.hash(),
                caller.owner(),
                credential.id(),
                credential.version(),
                caller.device(),
                matter.purpose(),
                matter.subject(),
                matter.count(),
                matter.count(),
                matter.until().truncatedTo(ChronoUnit.MILLIS),
                false,
                level,
                null);
    }

    /// The consent with this secret; another device's or credential's gives the same refusal as one
    /// that is not there.
    ConsentRow find(ConsentSecret secret, DeviceCaller caller, CredentialRow credential)
            throws Refused {
        try (var reader = store.read()) {
            var consent = reader.consents().bySecret(secret.hash());
            if (consent == null
                    || !consent.device().equals(caller.device())
                    || !consent.credential().equals(credential.id())) {
                throw new Refused(FailureKind.CONSENT_UNKNOWN);
            }
            return consent;
        }
    }

    /// What the calling device can still use, the first to end first.
    public List<View> list(DeviceCaller caller) throws Refused {
        var now = clock.instant();
        try (var reader = store.read()) {
            return reader.consents().of(caller.device()).stream()
                    .filter(one -> !one.revoked() && one.expires().isAfter(now))
                    .map(Consents::view)
                    .toList();
        }
    }

    private static View view(ConsentRow row) {
        return new View(
                row.id(),
                row.credential(),
                row.purpose(),
                row.subject(),
                row.count(),
                row.remaining(),
                row.expires());
    }

    /// Takes back a consent of the calling device; one that was taken back before stays so.
    public void forget(DeviceCaller caller, Id consent) throws Refused {
        var row = find(consent);
        if (row == null || !row.device().equals(caller.device())) {
            throw new Refused(FailureKind.CONSENT_UNKNOWN);
        }
        journal.write(
                (tx, records) -> {
                    if (tx.consents().revoke(consent)) {
                        records.append(
                                new NewChange(
                                        row.credential(),
                                        FORGOTTEN,
                                        consent.text(),
                                        caller.sender(),
                                        null,
                                        Map.of()));
                    }
                    return true;
                });
    }
}
