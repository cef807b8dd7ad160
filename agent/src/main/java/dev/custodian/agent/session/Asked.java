package dev.custodian.agent.session;

import dev.custodian.client.Enrolment;
import dev.custodian.client.Joining;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.time.Instant;
import java.util.ArrayList;

/// What the next device asked of a server, as it is kept.
sealed interface Asked {
    int MAX_SIZE = 64 << 10;
    int HASH = 32;

    /// Nothing yet.
    record Nothing() implements Asked {}

    /// To be the first device of a new owner.
    ///
    /// @param invitation H of its text
    record First(Bytes invitation, Enrolment.Asked asked) implements Asked {}

    /// To be a further device.
    record Further(OwnerAddress address, Joining.Asked asked) implements Asked {}

    /// To be the only device, by the recovery code.
    ///
    /// @param due when the server completes it; [Instant#EPOCH] before it has answered
    record Recovering(OwnerAddress address, Instant due) implements Asked {}

    default Bytes encode() {
        var object = Json.object().put("v", 1);
        return switch (this) {
            case Nothing() -> Bytes.EMPTY;
            case First(var invitation, var asked) ->
                    object.put("kind", "first")
                            .put("invitation", invitation)
                            .put("request", asked.request())
                            .put(
                                    "intents",
                                    Json.Arr.ofTexts(
                                            asked.intents().stream()
                                                    .map(Bytes::base64Url)
                                                    .toList()))
                            .build()
                            .write();
            case Further(var address, var asked) ->
                    object.put("kind", "further")
                            .put("address", address.text())
                            .put("device", asked.device().text())
                            .put("number", asked.number())
                            .put("until", asked.until().toString())
                            .put("intent", asked.intentHash())
                            .put("request", asked.request())
                            .build()
                            .write();
            case Recovering(var address, var due) ->
                    object.put("kind", "recovering")
                            .put("address", address.text())
                            .put("due", due.toString())
                            .build()
                            .write();
        };
    }

    static Asked decode(Bytes octets) throws Refused {
        if (octets.size() == 0) {
            return new Nothing();
        }
        try {
            var members = Json.members(Json.parse(octets, MAX_SIZE), "what was asked");
            members.number("v", 1, 1);
            var read = read(members);
            members.done();
            return read;
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, "next/asked: " + e.getMessage() + ".");
        }
    }

    private static Asked read(Members members) throws MalformedException {
        var kind = members.text("kind");
        return switch (kind) {
            case "first" -> {
                var intents = new ArrayList<Bytes>();
                for (var item : members.items("intents")) {
                    intents.add(intent(item));
                }
                yield new First(
                        members.bytes("invitation", HASH),
                        new Enrolment.Asked(members.bytes("request"), intents));
            }
            case "further" ->
                    new Further(
                            OwnerAddress.parse(members.text("address")),
                            new Joining.Asked(
                                    Id.parse(Id.Kind.DEVICE, members.text("device")),
                                    members.text("number"),
                                    members.time("until"),
                                    members.bytes("intent", HASH),
                                    members.bytes("request")));
            case "recovering" ->
                    new Recovering(
                            OwnerAddress.parse(members.text("address")), members.time("due"));
            default -> throw new MalformedException("of no kind that is known");
        };
    }

    private static Bytes intent(Json item) throws MalformedException {
        if (item instanceof Json.Str(var text)) {
            return Bytes.fromBase64Url(text);
        }
        throw new MalformedException("an intent that is no text");
    }
}
