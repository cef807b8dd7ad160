package dev.custodian.client;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.Use;
import dev.custodian.core.json.Json;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What is behind the fake server's wire: one owner with one device, an RSA and a P-256 credential,
/// a journal. It checks whatever the client sends as the real server must.
final class FakeSigner {
    final Id rsa;
    final Id ec;
    final Id owner;
    final Id device;
    final Bytes code;
    final Bytes nonce;
    volatile FakeJournal journal = new FakeJournal();
    volatile String dpopNonce = "nonce-1";

    /// What a signature is made of: the JDK wants messages, the client sends digests.
    final Map<Bytes, Bytes> messages = new HashMap<>();

    /// Aliases of the keys that sign.
    final Map<Id, String> keys = new HashMap<>();

    /// What the journal is told in place of the digests that are signed; nothing when it is told
    /// the truth.
    List<Bytes> journalled = List.of();

    /// What the journal is told in place of what the person was shown; nothing when it is told the
    /// truth.
    List<Shown> retold = List.of();

    final FakeCredentials credentials = new FakeCredentials(this);
    final FakeConsents consents = new FakeConsents();
    final FakeProver prover = new FakeProver();
    volatile Purpose purpose = Purpose.DOCUMENT;
    final FakeTokens tokens = new FakeTokens();
    int signings;

    /// What is behind the calls about the owner.
    final FakeOwner ownerBehind;

    private final FakeServer server;
    private final FakeProofs proofs;
    private final Map<Bytes, Authorization> authorizations = new HashMap<>();
    private final List<Runnable> outcomes = new ArrayList<>();
    private Bytes pin = Bytes.EMPTY;
    private Bytes share = Bytes.EMPTY;
    private @Nullable ECPublicKey deviceKey;

    record Told(int status, Json body) {}

    private record Authorization(String sad, long approval, Map<Bytes, Bytes> results) {}

    FakeSigner(FakeServer server) {
        this.server = server;
        this.proofs = new FakeProofs(server, this);
        this.ownerBehind = new FakeOwner(server, this);
        var random = new SecureRandom();
        rsa = id(Id.Kind.CREDENTIAL, random);
        ec = id(Id.Kind.CREDENTIAL, random);
        owner = id(Id.Kind.OWNER, random);
        device = id(Id.Kind.DEVICE, random);
        code = random(10, random);
        nonce = random(32, random);
        keys.put(rsa, "rsa");
        keys.put(ec, "ec");
        credentials.create(rsa);
        credentials.create(ec);
    }

    private static Id id(Id.Kind kind, SecureRandom random) {
        return Id.of(kind, random(16, random));
    }

    private static Bytes random(int size, SecureRandom random) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private Instant now() {
        return Instant.now();
    }

    Told enrol(ObjectNode body) throws Exception {
        var jws = JWSObject.parse(body.get("device").stringValue());
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intent = Intent.decode(octets);
        var enrol = (Matter.Enrol) intent.matter();
        var key = enrol.jwk().publicKey();
        require(jws.verify(new ECDSAVerifier(key)), "device signature");
        require(jws.getHeader().getKeyID() == null, "no kid");
        require(intent.server().equals(server.thumbprint()), "server");
        require(intent.nonce().equals(nonce), "nonce");
        require(body.get("code").stringValue().equals(server.invitation().codeText()), "code");
        require(enrol.codeHash().equals(server.invitation().codeHash()), "H(CODE)");
        var intentHash = Hashes.sha256(octets);
        var sealed = Sealed.decode(Bytes.fromBase64Url(body.get("sealed").stringValue()));
        try (var factors = sealed.open(server.activationKey, intentHash)) {
            pin = Bytes.of(factors.pin().expose());
            share = Bytes.of(factors.share().expose());
        }
        var again = deviceKey != null;
        deviceKey = key;
        var record =
                again
                        ? journal.of(owner).getFirst()
                        : journal.append(
                                owner,
                                place ->
                                        new Change(
                                                now(),
                                                place,
                                                "enrol",
                                                device.text(),
                                                "invitation",
                                                intentHash,
                                                new TreeMap<>()));
        return new Told(
                200,
                Json.object()
                        .put("owner", owner.text())
                        .put("device", device.text())
                        .put("slot", server.id(Id.Kind.SLOT).text())
                        .put("record", FakeJournal.toJson(record))
                        .put("checkpoint", journal.note())
                        .put("proof", FakeJournal.hashes(journal.proof(record.index())))
                        .build());
    }

    ECPublicKey deviceKey() {
        return requireNonNull(deviceKey);
    }

    /// Takes another key for the device's from now on.
    void adopt(ECPublicKey key) {
        deviceKey = key;
    }

    /// Where TLS binds the tokens.
    ///
    /// @param shown H(SPKI) of the connection's certificate; empty where there was none
    Told token(String form, Bytes shown) {
        return tokens.connected(form, shown, device.text(), requireNonNull(deviceKey));
    }

    Told token(String form, @Nullable JWSObject proof, String uri) throws Exception {
        if (proof == null || !proofs.isOfNow(proof)) {
            return new Told(400, Json.object().put("error", "invalid_dpop_proof").build());
        }
        var jkt = proofs.checked(proof, uri, "");
        return jkt.isEmpty()
                ? new Told(400, Json.object().put("error", "use_dpop_nonce").build())
                : tokens.token(
                        form,
                        jkt,
                        uri,
                        device.text(),
                        requireNonNull(deviceKey),
                        server.clock.instant());
    }

    private static Told refused(String error) {
        return new Told(401, Json.object().put("error", error).build());
    }

    /// Where TLS binds the tokens.
    ///
    /// @param shown H(SPKI) of the connection's certificate; empty where there was none
    Told call(String method, String authorization, Bytes shown, ObjectNode body) throws Exception {
        return authorization.startsWith("Bearer ")
                        && tokens.isBound(authorization.substring(7), shown.base64Url())
                ? answer(method, body)
                : refused("invalid_token");
    }

    Told call(
            String method,
            String authorization,
            @Nullable JWSObject proof,
            String uri,
            ObjectNode body)
            throws Exception {
        if (proof == null || !proofs.isOfNow(proof)) {
            return refused("invalid_dpop_proof");
        }
        require(authorization.startsWith("DPoP "), "scheme");
        var token = authorization.substring(5);
        var jkt = proofs.checked(proof, uri, token);
        if (jkt.isEmpty()) {
            return refused("use_dpop_nonce");
        }
        return tokens.isBound(token, jkt) ? answer(method, body) : refused("invalid_token");
    }

    private Told answer(String method, ObjectNode body) throws Exception {
        return switch (method) {
            case "credentials/list" -> credentials.list();
            case "credentials/info" -> new Told(200, credentials.info(credential(body)).build());
            case "credentials/getChallenge" -> challenge();
            case "credentials/authorize" -> authorize(body);
            case "signatures/signHash" -> signHash(body);
            case "journal/records" -> records(body);
            case "consents/grant" -> grant(body);
            case "consents/list" -> new Told(200, consents.list());
            case "consents/forget" -> {
                consents.forget(body.get("consent").stringValue());
                yield new Told(200, Json.object().build());
            }
            case "owner/devices" -> ownerBehind.devices();
            case "owner/getChallenge" -> ownerBehind.challenge();
            case "owner/change" -> ownerBehind.change(body);
            case "device/prove" -> prover.prove(body);
            default -> new Told(404, Json.object().put("error", "invalid_request").build());
        };
    }

    private Id credential(ObjectNode body) throws Exception {
        return Id.parse(Id.Kind.CREDENTIAL, body.get("credentialID").stringValue());
    }

    private Told challenge() throws Exception {
        return new Told(
                200,
                Json.object()
                        .put("challenge", nonce.base64())
                        .put("custodian", Json.object().put("identity", server.statement()).build())
                        .build());
    }

    private Told authorize(ObjectNode body) throws Exception {
        var jws = evidence(body);
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intentHash = Hashes.sha256(octets);
        var intent = Intent.decode(octets);
        var sign = (Matter.Sign) intent.matter();
        require(sign.digests().size() == body.get("numSignatures").intValue(), "numSignatures");
        require(sign.digests().size() == body.get("hashes").size(), "hashes");
        var second = body.get("authData").get(1);
        if (second.get("id").stringValue().equals("CONSENT")) {
            try (var secret = ConsentSecret.parse(second.get("value").stringValue())) {
                return underConsent(secret, jws, intentHash, intent);
            }
        }
        var sealed = sealed(body);
        if (!sealed.keyId().equals(server.activationId)) {
            return refused(FailureKind.ACTIVATION_KEY_GONE);
        }
        if (!authorizations.containsKey(intentHash)) {
            try (var factors = sealed.open(server.activationKey, intentHash)) {
                if (!isRight(factors)) {
                    return refused(FailureKind.FACTORS_REFUSED);
                }
                var sad = Sad.derive(factors.r(), intentHash);
                approve(sad, jws, intentHash, intent, List.of("device", "pin"));
            }
        }
        return authorized(intentHash);
    }

    private Told underConsent(
            ConsentSecret secret, JWSObject jws, Bytes intentHash, Intent intent) {
        if (!authorizations.containsKey(intentHash)) {
            var factors = consents.spend(secret, intent);
            if (factors.isEmpty()) {
                return refused(FailureKind.CONSENT_USED_UP);
            }
            approve(secret.sad(intentHash), jws, intentHash, intent, factors);
        }
        return authorized(intentHash);
    }

    private Told grant(ObjectNode body) throws Exception {
        var jws = evidence(body);
        var sealed = sealed(body);
        if (!sealed.keyId().equals(server.activationId)) {
            return refused(FailureKind.ACTIVATION_KEY_GONE);
        }
        var intentHash = Hashes.sha256(Bytes.of(jws.getPayload().toBytes()));
        try (var factors = sealed.open(server.activationKey, intentHash)) {
            return isRight(factors)
                    ? new Told(200, consents.grant(journal, jws, device, factors))
                    : refused(FailureKind.FACTORS_REFUSED);
        }
    }

    private JWSObject evidence(ObjectNode body) throws Exception {
        var jws = JWSObject.parse(body.get("authData").get(0).get("value").stringValue());
        require(jws.verify(new ECDSAVerifier(requireNonNull(deviceKey))), "DEVICE");
        require(device.text().equals(jws.getHeader().getKeyID()), "kid of DEVICE");
        var intent = Intent.decode(Bytes.of(jws.getPayload().toBytes()));
        require(intent.nonce().equals(nonce), "nonce");
        return jws;
    }

    private static Sealed sealed(ObjectNode body) throws Exception {
        return Sealed.decode(
                Bytes.fromBase64Url(body.get("authData").get(1).get("value").stringValue()));
    }

    private boolean isRight(Factors factors) {
        var right = Bytes.of(factors.pin().expose()).equals(pin);
        require(!right || Bytes.of(factors.share().expose()).equals(share), "share");
        return right;
    }

    private void approve(
            Sad sad, JWSObject jws, Bytes intentHash, Intent intent, List<String> factors) {
        var sign = (Matter.Sign) intent.matter();
        var record =
                journal.append(
                        sign.credential(),
                        place ->
                                new Approval(
                                        now(),
                                        place,
                                        intentHash,
                                        Hashes.sha256(Bytes.utf8(jws.serialize())),
                                        Level.BOUND,
                                        factors,
                                        device.text(),
                                        retold.isEmpty() ? intent.shown() : retold));
        authorizations.put(
                intentHash, new Authorization(sad.expose(), record.index(), new HashMap<>()));
    }

    private Told authorized(Bytes intentHash) {
        return new Told(
                200,
                Json.object()
                        .put("SAD", requireNonNull(authorizations.get(intentHash)).sad)
                        .put("expiresIn", 300)
                        .put("custodian", Json.object().put("level", "BOUND").build())
                        .build());
    }

    private Told refused(FailureKind kind) {
        return new Told(
                400,
                Json.object()
                        .put("error", "invalid_authentication_data")
                        .put("error_description", "The authentication data is invalid")
                        .put(
                                "custodian",
                                Json.object()
                                        .put("failure", kind.id())
                                        .put("next", kind.nextStep())
                                        .build())
                        .build());
    }

    private Told signHash(ObjectNode body) throws Exception {
        finishOutcomes();
        var credential = credential(body);
        var sad = body.get("SAD").stringValue();
        var authorization =
                authorizations.values().stream()
                        .filter(candidate -> candidate.sad.equals(sad))
                        .findFirst()
                        .orElseThrow();
        var scheme = FakeCredentials.scheme(body);
        var digests = new ArrayList<Bytes>();
        for (var hash : body.get("hashes")) {
            digests.add(Bytes.of(Base64.getDecoder().decode(hash.stringValue())));
        }
        if (authorization.results.isEmpty()) {
            use(credential, authorization, scheme, digests);
        }
        var signatures = new ArrayList<String>();
        for (var digest : digests) {
            signatures.add(requireNonNull(authorization.results.get(digest)).base64());
        }
        var ours = body.get("custodian");
        var since =
                journal.of(credential)
                        .subList(ours.get("since").intValue(), journal.of(credential).size());
        return new Told(
                200,
                Json.object()
                        .put("signatures", Json.Arr.ofTexts(signatures))
                        .put(
                                "custodian",
                                journal.answer(since, ours.get("size").longValue()).build())
                        .build());
    }

    private void use(
            Id credential, Authorization authorization, SignatureScheme scheme, List<Bytes> digests)
            throws Exception {
        var hash = scheme.scheme().hash();
        var used =
                (journalled.isEmpty() ? digests : journalled)
                        .stream().map(digest -> new Use.Digest(hash, digest)).toList();
        var record =
                journal.append(
                        credential,
                        place -> new Use(now(), place, authorization.approval, used, scheme));
        var results = new ArrayList<Outcome.Result>();
        for (var digest : digests) {
            var signature =
                    FakeCredentials.sign(
                            alias(credential), scheme, requireNonNull(messages.get(digest)));
            authorization.results.put(digest, signature);
            results.add(new Outcome.Result.Signed(Hashes.sha256(signature)));
        }
        signings++;
        outcomes.add(
                () ->
                        journal.append(
                                credential,
                                place -> new Outcome(now(), place, record.index(), results)));
    }

    private void finishOutcomes() {
        outcomes.forEach(Runnable::run);
        outcomes.clear();
    }

    private Told records(ObjectNode body) throws Exception {
        finishOutcomes();
        var text = body.get("chain").stringValue();
        var chain = Id.parse(text.startsWith("own_") ? Id.Kind.OWNER : Id.Kind.CREDENTIAL, text);
        List<SaltedRecord> all = journal.of(chain);
        int from = Math.min(body.get("from").intValue() - 1, all.size());
        int to = Math.min(from + 2, all.size());
        return new Told(
                200,
                journal.answer(all.subList(from, to), body.get("size").longValue())
                        .put("more", new Json.Bool(to < all.size()))
                        .build());
    }

    /// A digest of `message` that can be signed.
    Matter.Digest digest(HashAlgorithm hash, String message) throws Exception {
        var octets = Bytes.utf8(message);
        var digest = Bytes.of(MessageDigest.getInstance(hash.jca()).digest(octets.toArray()));
        messages.put(digest, octets);
        return new Matter.Digest(digest, "");
    }

    String alias(Id credential) {
        return requireNonNull(keys.get(credential));
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("the client got wrong: " + what);
        }
    }
}
