package dev.custodian.client;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Change;
import dev.custodian.core.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// The fake server's owner: changes of factors, a device that waits, a recovery. Checks what the
/// client sends as the real server must.
final class FakeOwner {
    static final Instant LATER = Instant.parse("2027-01-01T00:00:00Z");

    /// What the journal is told in place of the truth.
    UnaryOperator<Change> retold = change -> change;

    /// Whether the journal is told nothing at all.
    boolean silent;

    /// Whether what waits may come in.
    boolean approved;

    String pin = "";
    String more = "";
    Bytes waitingSpki = Bytes.EMPTY;
    Bytes waitingIntent = Bytes.EMPTY;
    int activationKeysToLose;

    private final FakeServer server;
    private final FakeSigner signer;

    FakeOwner(FakeServer server, FakeSigner signer) {
        this.server = server;
        this.signer = signer;
    }

    FakeSigner.Told devices() {
        var device =
                Json.object()
                        .put("device", signer.device.text())
                        .put("name", "laptop\u202e")
                        .put("state", "active")
                        .put("created", LATER.toString())
                        .put("seen", LATER.toString())
                        .build();
        var waiting =
                Json.object()
                        .put("device", signer.device.text())
                        .put("name", "phone")
                        .put("spki", waitingSpki)
                        .put("until", LATER.toString())
                        .build();
        return told(
                Json.object()
                        .put("devices", Json.Arr.of(device))
                        .put("waiting", Json.Arr.of(waiting))
                        .put(
                                "recovery",
                                Json.object()
                                        .put("spki", waitingSpki)
                                        .put("due", LATER.toString())
                                        .build()));
    }

    FakeSigner.Told challenge() throws Exception {
        return told(
                Json.object()
                        .put("challenge", signer.nonce)
                        .put(
                                "custodian",
                                Json.object().put("identity", server.statement()).build()));
    }

    FakeSigner.Told change(ObjectNode body) throws Exception {
        if (activationKeysToLose-- > 0) {
            server.newActivationKey();
            return new FakeSigner.Told(
                    400,
                    Json.object()
                            .put("error", "invalid_authentication_data")
                            .put(
                                    "custodian",
                                    Json.object().put("failure", "activation-key-gone").build())
                            .build());
        }
        var jws = JWSObject.parse(body.get("device").stringValue());
        require(jws.verify(new ECDSAVerifier(signer.deviceKey())), "device signature");
        require(signer.device.text().equals(jws.getHeader().getKeyID()), "kid");
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intent = Intent.decode(octets);
        require(
                intent.approver().equals(new Approver.OnDevice(signer.owner, signer.device)),
                "approver");
        require(intent.nonce().equals(signer.nonce), "nonce");
        open(body, Hashes.sha256(octets));
        var change = (Matter.Change) intent.matter();
        var subject =
                switch (change.what()) {
                    case "pin", "recovery-code" -> signer.owner.text();
                    case "cancel-recovery" -> change.after();
                    default -> change.subject();
                };
        var details = new TreeMap<String, String>();
        if (change.what().equals("add-device")) {
            details.put("spki", waitingSpki.base64Url());
            details.put("request", waitingIntent.base64Url());
        }
        record(change.what(), subject, signer.device.text(), Hashes.sha256(octets), details);
        var known = body.get("since").intValue();
        var all = signer.journal.of(signer.owner);
        var answer =
                signer.journal.answer(
                        all.subList(Math.min(known, all.size()), all.size()),
                        body.get("size").longValue());
        return told(Json.object().put("custodian", answer.build()));
    }

    private void record(
            String what, String subject, String by, Bytes intent, Map<String, String> details) {
        if (!silent) {
            signer.journal.append(
                    signer.owner,
                    place ->
                            retold.apply(
                                    new Change(
                                            Instant.now(),
                                            place,
                                            what,
                                            subject,
                                            by,
                                            intent,
                                            new TreeMap<>(details))));
        }
    }

    private void open(ObjectNode body, Bytes intentHash) throws Exception {
        var sealed = Sealed.decode(Bytes.fromBase64Url(body.get("sealed").stringValue()));
        try (var factors = sealed.open(server.activationKey, intentHash)) {
            pin = Bytes.of(factors.pin().expose()).utf8();
            more = Bytes.of(factors.more().expose()).utf8();
        }
    }

    /// A further device's request; its approval is a record of another device's.
    FakeSigner.Told join(ObjectNode body) throws Exception {
        var jws = JWSObject.parse(body.get("device").stringValue());
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intent = Intent.decode(octets);
        var enrol = (Matter.Enrol) intent.matter();
        require(jws.verify(new ECDSAVerifier(enrol.jwk().publicKey())), "device signature");
        require(intent.approver().equals(new Approver.Elsewhere(signer.owner)), "approver");
        require(enrol.codeHash().equals(Matter.Enrol.NO_CODE), "no code");
        open(body, Hashes.sha256(octets));
        waitingSpki = Bytes.of(enrol.jwk().publicKey().getEncoded());
        waitingIntent = Hashes.sha256(octets);
        if (!approved) {
            return told(
                    Json.object()
                            .put(
                                    "waiting",
                                    Json.object()
                                            .put("device", signer.device.text())
                                            .put("until", LATER.toString())
                                            .build()));
        }
        signer.adopt(enrol.jwk().publicKey());
        var details = new TreeMap<String, String>();
        details.put("spki", waitingSpki.base64Url());
        details.put("request", waitingIntent.base64Url());
        record("add-device", signer.device.text(), "dev_other", server.random(32), details);
        return enrolled();
    }

    FakeSigner.Told recover(ObjectNode body) throws Exception {
        var jws = JWSObject.parse(body.get("device").stringValue());
        var jwk =
                new DeviceJwk(
                        Bytes.fromBase64Url(body.get("x").stringValue()),
                        Bytes.fromBase64Url(body.get("y").stringValue()));
        require(jws.verify(new ECDSAVerifier(jwk.publicKey())), "device signature");
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intent = Intent.decode(octets);
        var spki = Bytes.of(jwk.publicKey().getEncoded());
        require(
                intent.matter()
                        .equals(
                                new Matter.Change(
                                        "recover",
                                        signer.owner.text(),
                                        Hashes.sha256(spki).base64Url())),
                "matter");
        require(intent.nonce().equals(signer.nonce), "nonce");
        open(body, Hashes.sha256(octets));
        if (!approved) {
            return told(
                    Json.object()
                            .put("waiting", Json.object().put("due", LATER.toString()).build()));
        }
        signer.adopt(jwk.publicKey());
        var details = new TreeMap<String, String>();
        details.put("spki", spki.base64Url());
        record("recover", signer.device.text(), "recovery-code", Hashes.sha256(octets), details);
        return enrolled();
    }

    private FakeSigner.Told enrolled() {
        return told(
                Json.object()
                        .put("owner", signer.owner.text())
                        .put("device", signer.device.text())
                        .put("slot", server.id(Id.Kind.SLOT).text()));
    }

    private static FakeSigner.Told told(Json.Builder body) {
        return new FakeSigner.Told(200, body.build());
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException("the client is wrong about: " + what);
        }
    }

    /// What the tests compare lists with.
    static List<String> kinds(List<Change> changes) {
        return changes.stream().map(Change::what).toList();
    }
}
