package dev.custodian.server.activation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.journal.CheckpointKey;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.owner.Sessions;
import dev.custodian.server.signing.SignHashes;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.JoinRequestRow;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/// A whole server below its faces, on a file and with a clock that stands, and agents that can be
/// told to lie.
final class Rig implements AutoCloseable {
    static final String PIN = "274913";
    static final Duration RECOVERY_DELAY = Duration.ofDays(3);
    static final Bytes THUMBPRINT = Hashes.sha256(Bytes.utf8("identity"));

    final SecureRandom random = new SecureRandom();
    final StandingClock clock = new StandingClock();
    final AtomicInteger signings = new AtomicInteger();
    final CheckpointKey checkpoints;
    final SqliteStore store;
    final Journal journal;
    final Vault vault;

    /// Each owner of each test has a PIN: what it costs is `PinsTest`'s matter.
    final Pins pins = new Pins(64, 1);

    final ActivationModule module;
    final SignHashes signHashes;
    final Registrar registrar;
    final DeviceTrust trust;

    static final class StandingClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-24T12:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    Rig(Path folder) throws Exception {
        this(
                folder,
                new EmbeddedVault(
                        Secret.owning(new SecureRandom().generateSeed(32)), new SecureRandom()));
    }

    /// Takes the vault over.
    Rig(Path folder, Vault vault) throws Exception {
        this.vault = vault;
        store = SqliteStore.open(folder.resolve("custodian.db"));
        var key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        checkpoints = new CheckpointKey("test.example/journal", key.getPublic(), key.getPrivate());
        journal =
                new Journal(
                        store,
                        clock,
                        random,
                        checkpoints,
                        use -> {
                            signings.incrementAndGet();
                            return vault.sign(use);
                        },
                        2,
                        "rig");
        journal.start();
        journal.write(
                (tx, _) -> {
                    new Peppers(vault).make(tx, random, clock.instant());
                    return true;
                });
        trust =
                DeviceTrust.open(
                        Map.of(
                                ProofKind.TPM, folder.resolve("tpm"),
                                ProofKind.PIV, folder.resolve("piv")),
                        clock);
        module = restarted();
        signHashes = new SignHashes(store, journal, clock);
        registrar = new Registrar(store, journal, vault, clock, random);
    }

    /// An activation module with keys of its own, as after a restart.
    ActivationModule restarted() {
        return ActivationModule.of(
                store, journal, vault, THUMBPRINT, RECOVERY_DELAY, trust, clock, random, pins);
    }

    Sessions sessions() {
        return new Sessions(store, journal, clock, random, data -> vault.mac("rig", data));
    }

    /// A further device of an owner, approved by `by`.
    Agent join(Agent by) throws Exception {
        var agent = new Agent();
        agent.owner = by.owner;
        agent.ask();
        module.changes().change(by.approval(agent));
        return agent;
    }

    JoinRequestRow waiting(Id device) throws Refused {
        try (var reader = store.read()) {
            return Objects.requireNonNull(reader.factors().joinRequest(device));
        }
    }

    Invitation invite() throws Refused {
        return new Invitations(journal, clock, random)
                .invite(URI.create("https://s.example"), THUMBPRINT, "Ada");
    }

    /// Invites and enrols an owner with a device.
    Agent enrol() throws Exception {
        return enrol("");
    }

    /// Invites and enrols an owner with a device and a recovery code.
    Agent enrol(String code) throws Exception {
        var invitation = invite();
        var agent = new Agent();
        agent.code = code;
        var enrolled = module.enrolment().enrol(agent.enrolment(invitation, PIN));
        agent.owner = enrolled.owner();
        agent.device = enrolled.device();
        return agent;
    }

    Id credential(Id owner, Custody custody) throws Exception {
        return credential(owner, custody, Purpose.DOCUMENT);
    }

    Id credential(Id owner, Custody custody, Purpose purpose) throws Exception {
        var made =
                registrar.create(
                        new Registrar.Order(
                                owner,
                                purpose,
                                custody,
                                KeyAlgorithm.P256,
                                new Policy(Level.BOUND, 100),
                                "CN=Ada"));
        registrar.certify(List.of(certificate(made.request())));
        return made.credential();
    }

    X509Certificate certificate(Bytes request)
            throws IOException,
                    OperatorCreationException,
                    CertificateException,
                    GeneralSecurityException {
        var pair = ecKey();
        var spki =
                SubjectPublicKeyInfo.getInstance(
                        new PKCS10CertificationRequest(request.toArray())
                                .getSubjectPublicKeyInfo());
        var builder =
                new X509v3CertificateBuilder(
                        new X500Name("CN=TEST"),
                        BigInteger.ONE,
                        Date.from(clock.instant().minusSeconds(60)),
                        Date.from(clock.instant().plus(Duration.ofDays(1))),
                        new X500Name("CN=Ada"),
                        spki);
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    static Bytes digest(String text) {
        return Hashes.sha256(Bytes.utf8(text));
    }

    Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private static KeyPair ecKey() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /// The same credential after a change of it.
    static CredentialRow newVersion(CredentialRow c) {
        return new CredentialRow(
                c.id(),
                c.owner(),
                c.purpose(),
                c.custody(),
                c.algorithm(),
                c.spki(),
                c.policy(),
                c.version() + 1,
                c.origin(),
                c.vault(),
                c.keyId(),
                c.mechanism(),
                c.key(),
                c.certificates(),
                c.created());
    }

    @Override
    public void close() {
        journal.close();
        store.close();
        vault.close();
    }

    /// A device with its key and share. Honest unless a test changes a field.
    final class Agent {
        final KeyPair key = ecKey();
        Bytes share = random(32);

        /// The recovery code that it enrols with; empty for none.
        String code = "";

        Id owner = Id.of(Id.Kind.OWNER, random(16));
        Id device = Id.of(Id.Kind.DEVICE, random(16));

        Agent() throws GeneralSecurityException {}

        Enrolment.Request enrolment(Invitation invitation, String pin) throws Exception {
            var jwk = DeviceJwk.of((ECPublicKey) key.getPublic());
            var matter = new Matter.Enrol(invitation.codeHash(), jwk);
            var nonce = module.challenges().issue("", "enrol");
            var intent = intent(new Approver.Newcomer(), nonce, matter).encode();
            return new Enrolment.Request(
                    jws(intent, ""), invitation.code(), sealed(intent, pin, random(32), code));
        }

        /// A request to become a further device of `owner`.
        Joining.Request joining(String typed) throws Exception {
            var matter = new Matter.Enrol(Matter.Enrol.NO_CODE, jwk());
            var nonce = module.challenges().issue("", "enrol");
            var octets = intent(new Approver.Elsewhere(owner), nonce, matter).encode();
            return new Joining.Request(owner, jws(octets, ""), sealed(octets, typed, random(32)));
        }

        /// Asks to become a further device of `owner`; waits under the id that it is given.
        void ask() throws Exception {
            var answer = module.joining().ask(joining(PIN));
            device = ((Joining.Answer.Waiting) answer).device();
        }

        /// The approval of what `agent` asked for.
        Changes.Request approval(Agent agent) throws Exception {
            return change(
                    ChangeKind.ADD_DEVICE, agent.device.text(), agent.thumbprint().base64Url());
        }

        Bytes thumbprint() {
            return DeviceNumber.thumbprint(Bytes.of(key.getPublic().getEncoded()));
        }

        DeviceJwk jwk() {
            return DeviceJwk.of((ECPublicKey) key.getPublic());
        }

        Changes.Request change(ChangeKind kind, String subject, String after) throws Exception {
            return change(PIN, kind, subject, after, "");
        }

        /// A change that this device approves.
        ///
        /// @param more the further secret
        Changes.Request change(
                String pin, ChangeKind kind, String subject, String after, String more)
                throws Exception {
            var nonce = module.challenges().issue(owner.text(), "change");
            var matter = new Matter.Change(kind.text(), subject, after);
            var octets = intent(new Approver.OnDevice(owner, device), nonce, matter).encode();
            return new Changes.Request(
                    caller(), jws(octets, device.text()), sealed(octets, pin, random(32), more));
        }

        /// A recovery with this key and a new PIN.
        Recovery.Request recovery(String pin, String code) throws Exception {
            var matter =
                    new Matter.Change(
                            ChangeKind.RECOVER.text(), owner.text(), thumbprint().base64Url());
            var nonce = module.challenges().issue("", "change");
            var octets = intent(new Approver.Elsewhere(owner), nonce, matter).encode();
            return new Recovery.Request(
                    owner, jwk(), jws(octets, ""), sealed(octets, pin, random(32), code));
        }

        DeviceCaller caller() {
            return new DeviceCaller(owner, device);
        }

        /// An honest request with the right PIN.
        AuthorizeRequest request(Id credential, Bytes... digests) throws Exception {
            return request(PIN, credential, digests);
        }

        AuthorizeRequest request(String pin, Id credential, Bytes... digests) throws Exception {
            return request(pin, credential, List.of(digests), intent -> intent);
        }

        /// A request whose intent was changed before the device signed it.
        AuthorizeRequest request(
                String pin, Id credential, List<Bytes> digests, UnaryOperator<Intent> change)
                throws Exception {
            var listed = new ArrayList<Matter.Digest>();
            digests.forEach(value -> listed.add(new Matter.Digest(value, "")));
            var hash = Scheme.ECDSA_SHA256.hash().oid();
            var matter = new Matter.Sign(credential, Purpose.DOCUMENT, hash, listed);
            var nonce = module.challenges().issue(owner.text(), "sign");
            var honest = intent(new Approver.OnDevice(owner, device), nonce, matter);
            var octets = change.apply(honest).encode();
            return new AuthorizeRequest(
                    caller(),
                    credential,
                    digests.size(),
                    digests,
                    hash,
                    jws(octets, device.text()),
                    new SecondProof.OfFactors(sealed(octets, pin, random(32))));
        }

        Intent intent(Approver approver, Bytes nonce, Matter matter) {
            var now = clock.instant();
            return new Intent(
                    THUMBPRINT, approver, nonce, now, now.plusSeconds(240), List.of(), matter);
        }

        /// Asks for a consent to three logins within ten minutes.
        Consents.Request consent(Id credential) throws Exception {
            var until = clock.instant().plus(Duration.ofMinutes(10));
            var terms = new Matter.Consent(credential, Purpose.LOGIN, 3, until, "ssh");
            var nonce = module.challenges().issue(owner.text(), "consent");
            var octets = intent(new Approver.OnDevice(owner, device), nonce, terms).encode();
            return new Consents.Request(
                    caller(),
                    credential,
                    jws(octets, device.text()),
                    sealed(octets, PIN, random(32)));
        }

        Sealed sealed(Bytes intent, String pin, Bytes r) throws GeneralSecurityException {
            return sealed(intent, pin, r, "");
        }

        Sealed sealed(Bytes intent, String pin, Bytes r, String more)
                throws GeneralSecurityException {
            var current = module.keys().current();
            try (var factors =
                    new Factors(
                            Secret.owning(pin.getBytes(StandardCharsets.UTF_8)),
                            Secret.owning(share.toArray()),
                            Secret.owning(r.toArray()),
                            Secret.owning(more.getBytes(StandardCharsets.UTF_8)))) {
                return Sealed.seal(
                        current.id(), current.key(), Hashes.sha256(intent), factors, random);
            }
        }

        String jws(Bytes payload, String kid) {
            var header =
                    new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType(Intent.TYPE));
            if (!kid.isEmpty()) {
                header.keyID(kid);
            }
            try {
                var jws = new JWSObject(header.build(), new Payload(payload.toArray()));
                jws.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
                return jws.serialize();
            } catch (JOSEException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }

        Authorized authorize(AuthorizeRequest request) throws Refused {
            return module.activation().authorize(request);
        }

        List<Bytes> sign(Id credential, Authorized authorized, Bytes... digests) throws Refused {
            return signHashes.sign(
                    new SignHashes.Request(
                            caller(),
                            credential,
                            authorized.sad(),
                            SignatureScheme.of(Scheme.ECDSA_SHA256),
                            List.of(digests)));
        }
    }
}
