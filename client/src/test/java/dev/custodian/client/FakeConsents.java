package dev.custodian.client;

import com.nimbusds.jose.JWSObject;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The consents of the fake server, by the hash of their secrets.
final class FakeConsents {
    /// What the journal is told in place of what proved an approval; nothing when it is told the
    /// truth.
    List<String> retold = List.of();

    private final Map<Bytes, One> given = new LinkedHashMap<>();

    private static final class One {
        final Id id;
        final Matter.Consent terms;
        int remaining;

        One(Id id, Matter.Consent terms) {
            this.id = id;
            this.terms = terms;
            this.remaining = terms.count();
        }
    }

    Json grant(FakeJournal journal, JWSObject jws, Id device, Factors factors) throws Exception {
        var octets = Bytes.of(jws.getPayload().toBytes());
        var intentHash = Hashes.sha256(octets);
        var intent = Intent.decode(octets);
        var id = ConsentSecret.id(intentHash);
        try (var secret = ConsentSecret.derive(factors.r(), intentHash)) {
            if (!given.containsKey(secret.hash())) {
                var terms = (Matter.Consent) intent.matter();
                given.put(secret.hash(), new One(id, terms));
                journal.append(
                        terms.credential(),
                        place ->
                                new Approval(
                                        Instant.now(),
                                        place,
                                        intentHash,
                                        Hashes.sha256(Bytes.utf8(jws.serialize())),
                                        Level.BOUND,
                                        List.of("device", "pin"),
                                        device.text(),
                                        intent.shown()));
            }
            return Json.object().put("consent", id.text()).put("secret", secret.expose()).build();
        }
    }

    /// Takes the signatures that an intent asks for. Returns what proved the approval; nothing when
    /// there are not so many left.
    List<String> spend(ConsentSecret secret, Intent intent) {
        var one = given.get(secret.hash());
        var sign = (Matter.Sign) intent.matter();
        if (one == null || one.remaining < sign.digests().size()) {
            return List.of();
        }
        if (!intent.shown().contains(Shown.subject(one.terms.subject()))) {
            throw new IllegalArgumentException("the client got wrong: subject");
        }
        one.remaining -= sign.digests().size();
        return retold.isEmpty() ? List.of("device", one.id.text()) : retold;
    }

    Json list() {
        var listed = new ArrayList<Json>();
        for (var one : given.values()) {
            listed.add(
                    Json.object()
                            .put("consent", one.id.text())
                            .put("credentialID", one.terms.credential().text())
                            .put("purpose", one.terms.purpose().text())
                            .put("subject", one.terms.subject())
                            .put("count", one.terms.count())
                            .put("remaining", one.remaining)
                            .put("until", one.terms.until().toString())
                            .build());
        }
        return Json.object().put("consents", new Json.Arr(listed)).build();
    }

    void forget(String id) {
        given.values().removeIf(one -> one.id.text().equals(id));
    }
}
