package dev.custodian.core.intent;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Exactly what is approved (FORMATS §1). Its octets as sent are what is signed; nothing is encoded
/// again.
///
/// @param server thumbprint of the server's identity key, 32 octets
/// @param nonce the server's challenge
/// @param iat when it was made, in the server's time
/// @param exp until when it may be used, at most [#LONGEST] after `iat`
/// @param shown what the prompt showed, line by line
public record Intent(
        Bytes server,
        Approver approver,
        Bytes nonce,
        Instant iat,
        Instant exp,
        List<Shown> shown,
        Matter matter) {
    /// Longest life of an intent.
    public static final Duration LONGEST = Duration.ofMinutes(5);

    /// Most octets in an intent.
    public static final int MAX_SIZE = 1 << 20;

    /// `typ` of the JWS whose payload an intent is.
    public static final String TYPE = "custodian-intent+jwt";

    private static final int MAX_NONCE = 64;
    private static final int MAX_SHOWN = 64;

    public Intent {
        shown = List.copyOf(shown);
        if (server.size() != 32
                || nonce.size() == 0
                || nonce.size() > MAX_NONCE
                || shown.size() > MAX_SHOWN) {
            throw new IllegalArgumentException(
                    "an intent with a server, nonce or shown list of the wrong size");
        }
        if (exp.isBefore(iat) || exp.isAfter(iat.plus(LONGEST))) {
            throw new IllegalArgumentException("an intent lives at most " + LONGEST);
        }
        if (approver instanceof Approver.Newcomer && !(matter instanceof Matter.Enrol)) {
            throw new IllegalArgumentException("only an enrolment has no owner yet");
        }
    }

    /// `kind`: `sign`, `consent`, `change` or `enrol`.
    public String kind() {
        return switch (matter) {
            case Matter.Sign _ -> "sign";
            case Matter.Consent _ -> "consent";
            case Matter.Change _ -> "change";
            case Matter.Enrol _ -> "enrol";
        };
    }

    public Bytes encode() {
        var json = Json.object().put("v", 1).put("kind", kind()).put("server", server);
        switch (approver) {
            case Approver.OnDevice(var owner, var device) ->
                    json.put("owner", owner.text()).put("device", device.text());
            case Approver.Elsewhere(var owner) -> json.put("owner", owner.text());
            case Approver.Newcomer() -> {}
        }
        json.put("nonce", nonce).put("iat", iat.toString()).put("exp", exp.toString());
        putMatter(json);
        return json.put("shown", Json.array(shown, Shown::toJson)).build().write();
    }

    private void putMatter(Json.Builder json) {
        switch (matter) {
            case Matter.Sign(var credential, var purpose, var hashOid, var digests) -> {
                json.put("credential", credential.text()).put("purpose", purpose.text());
                if (!hashOid.isEmpty()) {
                    json.put("alg", hashOid);
                }
                json.put("digests", Json.array(digests, Intent::digestToJson));
            }
            case Matter.Consent(var credential, var purpose, var count, var until, var subject) ->
                    json.put("credential", credential.text())
                            .put("purpose", purpose.text())
                            .put("count", count)
                            .put("until", until.toString())
                            .put("subject", subject);
            case Matter.Change(var what, var subject, var after) ->
                    json.put(
                            "change",
                            Json.object()
                                    .put("what", what)
                                    .put("subject", subject)
                                    .put("after", after)
                                    .build());
            case Matter.Enrol(var codeHash, var jwk) ->
                    json.put(
                            "enrol",
                            Json.object().put("code", codeHash).put("jwk", jwk.toJson()).build());
        }
    }

    private static Json digestToJson(Matter.Digest digest) {
        var json = Json.object().put("value", digest.value());
        if (!digest.label().isEmpty()) {
            json.put("label", digest.label());
        }
        return json.build();
    }

    /// Reads an intent and refuses whatever is not exactly one.
    public static Intent decode(Bytes octets) throws MalformedException {
        var members = Json.members(Json.parse(octets, MAX_SIZE), "intent");
        members.number("v", 1, 1);
        try {
            var intent =
                    new Intent(
                            members.bytes("server", 32),
                            approver(members),
                            members.bytes("nonce"),
                            members.time("iat"),
                            members.time("exp"),
                            shown(members),
                            matter(members));
            members.done();
            return intent;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("the intent is refused: " + e.getMessage());
        }
    }

    private static Approver approver(Members members) throws MalformedException {
        if (!members.has("owner") && !members.has("device")) {
            return new Approver.Newcomer();
        }
        var owner = Id.parse(Id.Kind.OWNER, members.text("owner"));
        return members.has("device")
                ? new Approver.OnDevice(owner, Id.parse(Id.Kind.DEVICE, members.text("device")))
                : new Approver.Elsewhere(owner);
    }

    private static List<Shown> shown(Members members) throws MalformedException {
        var shown = new ArrayList<Shown>();
        for (var item : members.items("shown", 0, MAX_SHOWN)) {
            shown.add(Shown.ofJson(item));
        }
        return shown;
    }

    private static Matter matter(Members members) throws MalformedException {
        return switch (members.text("kind")) {
            case "sign" ->
                    new Matter.Sign(
                            Id.parse(Id.Kind.CREDENTIAL, members.text("credential")),
                            Purpose.parse(members.text("purpose")),
                            members.optionalText("alg"),
                            digests(members));
            case "consent" ->
                    new Matter.Consent(
                            Id.parse(Id.Kind.CREDENTIAL, members.text("credential")),
                            Purpose.parse(members.text("purpose")),
                            (int) members.number("count", 1, Matter.MOST),
                            members.time("until"),
                            members.text("subject"));
            case "change" -> {
                var change = members.object("change");
                var matter =
                        new Matter.Change(
                                change.text("what"), change.text("subject"), change.text("after"));
                change.done();
                yield matter;
            }
            case "enrol" -> {
                var enrol = members.object("enrol");
                var matter =
                        new Matter.Enrol(
                                enrol.bytes("code", 32), DeviceJwk.ofJson(enrol.value("jwk")));
                enrol.done();
                yield matter;
            }
            default -> throw new MalformedException("not a kind of intent");
        };
    }

    private static List<Matter.Digest> digests(Members members) throws MalformedException {
        var digests = new ArrayList<Matter.Digest>();
        for (var item : members.items("digests", 1, Matter.MOST)) {
            var digest = Json.members(item, "digest");
            digests.add(new Matter.Digest(digest.bytes("value"), digest.optionalText("label")));
            digest.done();
        }
        return digests;
    }
}
