package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An approval in the making. Its fields are there for tests to turn it into a false one, before
/// [#body()] is asked for; what was asked for once stays the same.
final class Approval {
    private final TestAgent agent;
    final Id credential;
    List<Bytes> digests;
    String hashOid = HashAlgorithm.SHA256.oid();
    Bytes server;
    Id owner;
    Id device;
    Bytes nonce;
    Instant iat;
    Instant exp;
    Purpose purpose = Purpose.DOCUMENT;
    Shown shown = new Shown("document", "contract.pdf", Shown.Source.COMPUTED);
    String pin;
    Bytes share;
    Bytes r;
    TestAgent signer;

    Approval(TestAgent agent, Id credential, List<Bytes> digests, Bytes nonce, Instant now) {
        this.agent = agent;
        this.credential = credential;
        this.digests = List.copyOf(digests);
        this.nonce = nonce;
        this.server = agent.identity().thumbprint();
        this.owner = agent.owner();
        this.device = agent.deviceId();
        this.iat = now;
        this.exp = now.plusSeconds(120);
        this.pin = agent.pin;
        this.share = agent.share;
        this.r = agent.random(32);
        this.signer = agent;
    }

    Bytes intent() {
        var matter =
                new Matter.Sign(
                        credential,
                        purpose,
                        hashOid,
                        digests.stream().map(value -> new Matter.Digest(value, "")).toList());
        return new Intent(
                        server,
                        new Approver.OnDevice(owner, device),
                        nonce,
                        iat,
                        exp,
                        List.of(shown),
                        matter)
                .encode();
    }

    /// `DEVICE`.
    String deviceJws() throws Exception {
        return signer.jws(Intent.TYPE, signer.deviceId().text(), intent().toArray());
    }

    /// `SEALED`.
    String sealed() throws Exception {
        return sealedFor(Hashes.sha256(intent()));
    }

    String sealedFor(Bytes intentHash) throws Exception {
        var key = agent.identity().activation();
        try (var factors =
                new Factors(
                        Secret.owning(pin.getBytes(StandardCharsets.UTF_8)),
                        Secret.owning(share.toArray()),
                        Secret.owning(r.toArray()))) {
            return Sealed.seal(key.id(), key.key(), intentHash, factors, agent.random)
                    .encode()
                    .base64Url();
        }
    }

    /// The parameters of `credentials/authorize`.
    Map<String, Object> body() throws Exception {
        return body(deviceJws(), sealed());
    }

    Map<String, Object> body(String deviceJws, String sealed) {
        var body = new HashMap<String, Object>();
        body.put("credentialID", credential.text());
        body.put("numSignatures", digests.size());
        body.put("hashes", digests.stream().map(Bytes::base64).toList());
        body.put("hashAlgorithmOID", hashOid);
        body.put(
                "authData",
                List.of(
                        Map.of("id", "DEVICE", "value", deviceJws),
                        Map.of("id", "SEALED", "value", sealed)));
        return body;
    }
}
