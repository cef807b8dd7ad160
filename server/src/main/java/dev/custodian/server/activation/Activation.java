package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewAuthorization;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Opening;
import dev.custodian.server.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns an approval into an authorization, step by step in the order of FORMATS §4: device JWS →
/// nonce and expiry → intent unseen → share → PIN ticket → PIN. A stranger moves no counter, and no
/// guess goes uncounted. Under a consent the secret stands in place of share and PIN (FORMATS §6).
public final class Activation {
    /// How long an authorization lives.
    private static final Duration LIFE = Duration.ofMinutes(5);

    private static final List<String> FACTORS = List.of("device", "pin");

    private final Store store;
    private final Journal journal;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final OwnerOpening opening;
    private final Renewal renewal;
    private final Demands demands;
    private final Hardware hardware;
    private final Consents consents;
    private final KeyedLocks<Id> devices;
    private final Clock clock;
    private final SecureRandom random;

    Activation(
            Store store,
            Journal journal,
            ActivationKeys keys,
            IntentCheck check,
            OwnerOpening opening,
            Renewal renewal,
            Demands demands,
            Hardware hardware,
            Consents consents,
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
        this.consents = consents;
        this.devices = devices;
        this.clock = clock;
        this.random = random;
    }

    /// Authorizes what the device approved. The same request again gives the same answer and asks
    /// for no factor twice.
    public Authorized authorize(AuthorizeRequest request) throws Refused {
        var proof = DeviceProof.parse(request.device());
        // One after the other for each device: a repeat meets its first try's answer, and no two
        // tries are under way.
        try (var _ = devices.hold(request.caller().device())) {
            var standing = Standing.load(store, request.caller(), request.credential());
            proof.verify(standing.device().spki(), request.caller().device().text());
            IntentCheck.approver(proof.intent(), request.caller());
            var seen = seen(proof.intentHash());
            if (seen != null) {
                return repeat(seen, proof, request);
            }
            check.frame(proof.intent(), request.caller().owner().text());
            var sign = IntentCheck.sign(proof.intent(), request, standing.credential());
            var bound = hardware.bound(store, standing);
            demands.sign(standing.credential(), sign, bound);
            return switch (request.second()) {
                case SecondProof.OfFactors(var sealed) ->
                        byFactors(request, proof, sealed, standing, bound.level());
                case SecondProof.OfConsent(var secret) ->
                        byConsent(request, proof, sign, secret, standing, bound.level());
            };
        }
    }

    private @Nullable AuthorizationRow seen(Bytes intent) throws Refused {
        try (var reader = store.read()) {
            return reader.authorizationByIntent(intent);
        }
    }

    /// The same intent from the same device: the SAD follows from `r` or from the consent's secret,
    /// which only the first sender knows.
    private Authorized repeat(AuthorizationRow seen, DeviceProof proof, AuthorizeRequest request)
            throws Refused {
        var sad = sad(request.second(), proof.intentHash());
        if (!seen.sender().equals(request.caller().sender())
                || !sad.hash().equalsConstantTime(seen.sad())) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
        return new Authorized(sad, seen.expires(), seen.level());
    }

    private Sad sad(SecondProof second, Bytes intentHash) throws Refused {
        return switch (second) {
            case SecondProof.OfFactors(var sealed) -> {
                try (var factors = keys.open(sealed, intentHash)) {
                    yield Sad.derive(factors.r(), intentHash);
                }
            }
            case SecondProof.OfConsent(var secret) -> secret.sad(intentHash);
        };
    }

    private Authorized byFactors(
            AuthorizeRequest request,
            DeviceProof proof,
            Sealed sealed,
            Standing standing,
            Level level)
            throws Refused {
        try (var factors = keys.open(sealed, proof.intentHash());
                var owner = opening.open(factors, standing.device())) {
            var freed = renewal.free(standing, owner);
            var sad = Sad.derive(factors.r(), proof.intentHash());
            factors.rest();
            var wanted = wanted(request, proof, sad, level, FACTORS, freed.key());
            return authorized(sad, journal.authorize(wanted, standing::unchanged, freed::write));
        }
    }

    /// No PIN, no share, no Argon2: they were proved when the consent was given. The approval names
    /// it.
    private Authorized byConsent(
            AuthorizeRequest request,
            DeviceProof proof,
            Matter.Sign sign,
            ConsentSecret secret,
            Standing standing,
            Level level)
            throws Refused {
        int count = request.digests().size();
        var consent = consents.find(secret, request.caller(), standing.credential());
        ConsentRules.requireCovers(consent, standing.credential(), count, clock.instant());
        ConsentRules.requireSubject(consent, sign, proof.intent().shown());
        var inner = ConsentRules.open(secret, consent, standing.credential());
        var sad = secret.sad(proof.intentHash());
        var factors = List.of("device", consent.id().text());
        var wanted = wanted(request, proof, sad, level, factors, inner);
        return authorized(
                sad,
                journal.authorize(
                        wanted,
                        standing::unchanged,
                        tx -> ConsentRules.spend(tx, consent, count, clock.instant())));
    }

    private static Authorized authorized(Sad sad, AuthorizationRow row) {
        return new Authorized(sad, row.expires(), row.level());
    }

    private NewAuthorization wanted(
            AuthorizeRequest request,
            DeviceProof proof,
            Sad sad,
            Level level,
            List<String> factors,
            InnerKey inner)
            throws Refused {
        var id = Id.of(Id.Kind.AUTHORIZATION, random16());
        var hash = request.hash();
        Bytes sealed;
        try (var key = sad.openingKey(id.text())) {
            var aad = openingAad(id, request.credential());
            sealed = Aead.seal(key, aad, inner.inner().toArray(), random);
        }
        return new NewAuthorization(
                id,
                proof.intentHash(),
                sad.hash(),
                request.caller().owner(),
                request.credential(),
                request.caller().sender(),
                level,
                factors,
                proof.intent().shown(),
                proof.evidence(),
                later(clock.instant().plus(LIFE), proof.intent().exp()),
                request.digests().stream().map(value -> new NewDigest(value, hash)).toList(),
                Opening.of(inner, sealed));
    }

    /// `authorization ‖ credential` of FORMATS §5.
    public static Bytes openingAad(Id authorization, Id credential) {
        return Bytes.join(Bytes.utf8(authorization.text()), Bytes.utf8(credential.text()));
    }

    private Bytes random16() {
        var octets = new byte[16];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
