package dev.custodian.core.identity;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.hpke.X25519;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What the server's identity key vouches for (FORMATS §3): the payload of the JWS in `GET
/// /identity` and in each challenge.
///
/// @param spki the identity key's SubjectPublicKeyInfo, DER
/// @param tls H(SPKI) of each TLS key that may answer for this server
/// @param activation the activation key: whom `SEALED` is sealed to
/// @param journal the journal key as a C2SP verifier key
/// @param base base URL of the CSC API
/// @param time the server's time
/// @param expires until when this statement is good
public record IdentityStatement(
        Bytes spki,
        List<Bytes> tls,
        ActivationKey activation,
        String journal,
        String base,
        Instant time,
        Instant expires) {
    /// `typ` of the JWS.
    public static final String TYPE = "custodian-identity+jwt";

    private static final int MAX_SIZE = 8192;
    private static final int MAX_TLS = 8;

    /// An activation key as agents need it.
    ///
    /// @param id 8 octets that name the key
    /// @param key X25519 public key
    public record ActivationKey(Bytes id, Bytes key) {
        public ActivationKey {
            if (id.size() != Sealed.KEY_ID || key.size() != X25519.SIZE) {
                throw new IllegalArgumentException("an activation key of the wrong size");
            }
        }
    }

    public IdentityStatement {
        tls = List.copyOf(tls);
        if (tls.isEmpty()
                || tls.size() > MAX_TLS
                || tls.stream().anyMatch(hash -> hash.size() != 32)
                || spki.size() == 0
                || journal.isEmpty()) {
            throw new IllegalArgumentException("an identity with a part of the wrong size");
        }
        if (!ServerUrl.isServer(URI.create(base))) {
            throw new IllegalArgumentException("the base of an identity is an https URL");
        }
        if (!time.isBefore(expires)) {
            throw new IllegalArgumentException("an identity that expires before it begins");
        }
    }

    /// What an agent pins: H of the identity key.
    public Bytes thumbprint() {
        return Hashes.sha256(spki);
    }

    public Bytes encode() {
        return Json.object()
                .put("v", 1)
                .put("spki", spki)
                .put("tls", Json.array(tls, hash -> new Json.Str(hash.base64Url())))
                .put(
                        "activation",
                        Json.object().put("id", activation.id).put("key", activation.key).build())
                .put("journal", journal)
                .put("base", base)
                .put("time", time.toString())
                .put("exp", expires.toString())
                .build()
                .write();
    }

    public static IdentityStatement decode(Bytes octets) throws MalformedException {
        var members = Json.members(Json.parse(octets, MAX_SIZE), "identity");
        members.number("v", 1, 1);
        var spki = members.bytes("spki");
        var tls = new ArrayList<Bytes>();
        for (var item : members.items("tls", 1, MAX_TLS)) {
            if (!(item instanceof Json.Str(var text))) {
                throw new MalformedException("tls of identity is not a list of hashes");
            }
            tls.add(Bytes.fromBase64Url(text));
        }
        var key = members.object("activation");
        var activation =
                new ActivationKey(key.bytes("id", Sealed.KEY_ID), key.bytes("key", X25519.SIZE));
        key.done();
        var journal = members.text("journal");
        var base = members.text("base");
        var time = members.time("time");
        var expires = members.time("exp");
        members.done();
        ServerUrl.parse(base);
        try {
            return new IdentityStatement(spki, tls, activation, journal, base, time, expires);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("the identity is refused: " + e.getMessage());
        }
    }
}
