package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewAuthorization;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns an approval into an authorization, step by step in the order of FORMATS §4: device JWS →
/// nonce and expiry → intent unseen → share → PIN ticket → PIN. A stranger moves no counter, and no
/// guess goes uncounted.
public final class Activation {
    /// How long an authorization lives.
    private static final Duration LIFE = Duration.ofMinutes(5);

    private static final List<String> FACTORS = List.of("device", "pin");

    private final Store store;
    private final Journal journal;
    private final ActivationKeys keys;
    private final IntentCheck check;
    private final Peppers peppers;
    private final Pins pins;
    private final Tickets tickets;
    private final Clock clock;
    private final SecureRandom random;
    private final KeyedLocks<Id> devices = new KeyedLocks<>();

    Activation(
            Store store,
            Journal journal,
            ActivationKeys keys,
            IntentCheck check,
            Peppers peppers,
            Pins pins,
            Clock clock,
            SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.keys = keys;
        this.check = check;
        this.peppers = peppers;
        this.pins = pins;
        this.tickets = new Tickets(journal, clock);
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
            var state = load(request);
            proof.verify(state.device.spki(), request.caller().device().text());
            IntentCheck.approver(proof.intent(), request.caller());
            var seen = seen(proof.intentHash());
            if (seen != null) {
                return repeat(seen, proof, request);
            }
            check.frame(proof.intent(), request.caller().owner().text());
            var sign = IntentCheck.sign(proof.intent(), request, state.credential);
            demand(state.credential, sign);
            try (var factors = open(request.sealed(), proof.intentHash())) {
                return activate(request, proof, factors, state);
            }
        }
    }

    /// The rows that decide, of one moment.
    private record State(DeviceRow device, CredentialRow credential) {}

    private @Nullable AuthorizationRow seen(Bytes intent) throws Refused {
        try (var reader = store.read()) {
            return reader.authorizationByIntent(intent);
        }
    }

    private State load(AuthorizeRequest request) throws Refused {
        try (var reader = store.read()) {
            var device = reader.device(request.caller().device());
            if (device == null
                    || device.state() != DeviceRow.State.ACTIVE
                    || !device.owner().equals(request.caller().owner())) {
                throw new Refused(FailureKind.NOT_AUTHENTICATED);
            }
            var credential = reader.credential(request.credential());
            if (credential == null || !credential.owner().equals(device.owner())) {
                throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
            }
            return new State(device, credential);
        }
    }

    /// The same intent from the same device: the SAD follows from `r`, which only the first sender
    /// knows.
    private Authorized repeat(AuthorizationRow seen, DeviceProof proof, AuthorizeRequest request)
            throws Refused {
        try (var factors = open(request.sealed(), proof.intentHash())) {
            var sad = Sad.derive(factors.r(), proof.intentHash());
            if (!seen.sender().equals(request.caller().sender())
                    || !sad.hash().equalsConstantTime(seen.sad())) {
                throw new Refused(FailureKind.FACTORS_REFUSED);
            }
            return new Authorized(sad, seen.expires(), seen.level());
        }
    }

    private Authorized activate(
            AuthorizeRequest request, DeviceProof proof, Factors factors, State state)
            throws Refused {
        try (var k = openSlot(factors, state.device)) {
            tickets.take(state.device.id());
            try (var opened = openOwner(k, factors, state.device)) {
                opened.rest();
                tickets.giveBack(state.device.id());
                try (var inner = inner(opened, state.credential)) {
                    return write(request, proof, factors, state, inner);
                }
            }
        }
    }

    private static Secret openSlot(Factors factors, DeviceRow device) throws Refused {
        try {
            return Slots.openDevice(factors.share(), device);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// Opens the owner key with K and the PIN, then believes no row that the key's MAC does not
    /// cover.
    private OwnerKey openOwner(Secret k, Factors factors, DeviceRow device) throws Refused {
        try (var rows = factorRows(device.owner())) {
            var key = openPin(k, factors, rows);
            if (!rows.isCoveredBy(key)) {
                key.close();
                throw new Refused(
                        FailureKind.TAMPERED, "The owner's factors or devices were changed.");
            }
            return key;
        }
    }

    private OwnerKey openPin(Secret k, Factors factors, FactorRows rows) throws Refused {
        try (var p = pins.hash(rows.pepper, factors.pin(), rows.owner.pinSalt())) {
            return Slots.openPin(k, p, rows.owner);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// What opens an owner key and what its MAC covers, of one moment.
    private record FactorRows(
            OwnerRow owner, List<DeviceRow> devices, long lastChange, Secret pepper)
            implements AutoCloseable {
        boolean isCoveredBy(OwnerKey key) {
            return key.factorsMac(owner, devices, lastChange)
                    .equalsConstantTime(owner.factorsMac());
        }

        @Override
        public void close() {
            pepper.close();
        }
    }

    /// Reads to the end before any PIN is hashed: few can read at once, and hashing is slow.
    private FactorRows factorRows(Id id) throws Refused {
        try (var reader = store.read()) {
            var owner = reader.owner(id);
            if (owner == null) {
                throw new Refused(FailureKind.TAMPERED);
            }
            var chain = reader.chain(id);
            return new FactorRows(
                    owner,
                    reader.devices(id),
                    chain == null ? 0 : chain.seq(),
                    peppers.open(reader, owner.pinPepper()));
        }
    }

    private static Secret inner(OwnerKey owner, CredentialRow credential) throws Refused {
        return switch (credential.custody()) {
            case OWNER_SEALED -> OwnerSeal.open(owner, credential);
            case MANAGED -> Secret.owning(credential.key().toArray());
        };
    }

    private Authorized write(
            AuthorizeRequest request, DeviceProof proof, Factors factors, State state, Secret inner)
            throws Refused {
        var sad = Sad.derive(factors.r(), proof.intentHash());
        factors.rest();
        var id = Id.of(Id.Kind.AUTHORIZATION, random16());
        var hash = request.hash();
        Bytes opening;
        try (var key = sad.openingKey(id.text())) {
            opening = Aead.seal(key, openingAad(id, request.credential()), inner.expose(), random);
        }
        var now = clock.instant();
        var authorization =
                new NewAuthorization(
                        id,
                        proof.intentHash(),
                        sad.hash(),
                        request.caller().owner(),
                        request.credential(),
                        request.caller().sender(),
                        Level.BOUND,
                        FACTORS,
                        proof.intent().shown(),
                        proof.evidence(),
                        later(now.plus(LIFE), proof.intent().exp()),
                        request.digests().stream()
                                .map(value -> new NewDigest(value, hash))
                                .toList(),
                        opening);
        var row = journal.authorize(authorization, tx -> unchanged(tx, state));
        return new Authorized(sad, row.expires(), row.level());
    }

    /// That nothing was taken back while the factors were checked.
    private static void unchanged(Tx tx, State state) throws Refused {
        var device = tx.device(state.device.id());
        var credential = tx.credential(state.credential.id());
        if (device == null || device.state() != DeviceRow.State.ACTIVE) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        if (credential == null || credential.version() != state.credential.version()) {
            throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
        }
    }

    /// `authorization ‖ credential` of FORMATS §5.
    public static Bytes openingAad(Id authorization, Id credential) {
        return Bytes.join(Bytes.utf8(authorization.text()), Bytes.utf8(credential.text()));
    }

    /// What the credential itself demands: a level, a number of signatures and, but for requesting
    /// one, a certificate that is valid now.
    private void demand(CredentialRow credential, Matter.Sign sign) throws Refused {
        var policy = policy(credential);
        if (sign.digests().size() > policy.multisign()) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "One approval may cover " + policy.multisign() + " signatures.");
        }
        boolean sealed = credential.custody() == Custody.OWNER_SEALED;
        var least = sealed && policy.level() == Level.ASSERTED ? Level.BOUND : policy.level();
        if (least.compareTo(Level.BOUND) > 0) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "The credential demands an approval of level " + least + ".");
        }
        if (sign.purpose() != Purpose.CERTIFICATE_REQUEST) {
            if (credential.certificates().isEmpty()) {
                throw new Refused(FailureKind.CREDENTIAL_DISABLED);
            }
            checkValidity(credential.certificates().getFirst());
        }
    }

    private static Policy policy(CredentialRow credential) throws Refused {
        try {
            return Policy.decode(credential.policy());
        } catch (MalformedException e) {
            throw new Refused(FailureKind.TAMPERED, "The credential's policy cannot be read.");
        }
    }

    private void checkValidity(Bytes certificate) throws Refused {
        try {
            var x509 =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(certificate.toArray()));
            x509.checkValidity(Date.from(clock.instant()));
        } catch (CertificateException e) {
            throw new Refused(FailureKind.CREDENTIAL_DISABLED, "Its certificate is not valid now.");
        }
    }

    private Factors open(Sealed sealed, Bytes intentHash) throws Refused {
        var key = keys.privateKey(sealed.keyId());
        try {
            return sealed.open(key, intentHash);
        } catch (GeneralSecurityException | MalformedException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
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
