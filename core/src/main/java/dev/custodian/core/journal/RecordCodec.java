package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Outcome.Result;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The JSON of records, in one place: names and order of the members are frozen.
final class RecordCodec {
    private static final int VERSION = 1;

    /// The first second of the year 10000, which RFC 3339 cannot write.
    private static final long YEAR_10000 = 253_402_300_800L;

    private RecordCodec() {}

    /// A time as records keep it: in whole milliseconds.
    static Instant whole(Instant time) {
        var whole = time.truncatedTo(ChronoUnit.MILLIS);
        if (whole.isBefore(Instant.EPOCH) || whole.getEpochSecond() >= YEAR_10000) {
            throw new IllegalArgumentException("a time outside of 1970 to 9999");
        }
        return whole;
    }

    static Bytes write(JournalRecord entry) {
        return members(entry).build().write();
    }

    private static Json.Builder members(JournalRecord entry) {
        return switch (entry) {
            case Approval approval ->
                    begin("approval", approval)
                            .put("intent", approval.intent())
                            .put("evidence", approval.evidence())
                            .put("level", approval.level().name())
                            .put("factors", Json.Arr.ofTexts(approval.factors()))
                            .put("sender", approval.sender())
                            .put("shown", Json.array(approval.shown(), Shown::toJson));
            case Use use -> {
                var json =
                        begin("use", use)
                                .put("approval", use.approval())
                                .put("digests", Json.array(use.digests(), RecordCodec::write))
                                .put("scheme", use.scheme().scheme().id());
                yield use.scheme().scheme().isPss()
                        ? json.put("saltLength", use.scheme().saltLength())
                        : json;
            }
            case Outcome outcome ->
                    begin("outcome", outcome)
                            .put("use", outcome.use())
                            .put("results", Json.array(outcome.results(), RecordCodec::write));
            case Change change -> {
                var json =
                        begin("change", change)
                                .put("what", change.what())
                                .put("subject", change.subject())
                                .put("by", change.by());
                var intent = change.intent();
                yield details(
                        intent.size() == 0 ? json : json.put("intent", intent), change.details());
            }
            case ServerChange change ->
                    details(
                            begin("change", change.time())
                                    .put("what", change.what())
                                    .put("subject", change.subject())
                                    .put("by", change.by()),
                            change.details());
        };
    }

    private static Json.Builder begin(String kind, Instant time) {
        return Json.object().put("v", VERSION).put("kind", kind).put("time", time.toString());
    }

    private static Json.Builder begin(String kind, JournalRecord.Chained entry) {
        return begin(kind, entry.time())
                .put("chain", entry.place().chain().text())
                .put("seq", entry.place().seq())
                .put("prev", entry.place().prev());
    }

    private static Json write(Use.Digest digest) {
        return Json.object()
                .put("alg", digest.algorithm().oid())
                .put("value", digest.value())
                .build();
    }

    private static Json write(Result result) {
        return switch (result) {
            case Result.Signed(var signature) -> Json.object().put("signed", signature).build();
            case Result.Failed() -> new Json.Str("failed");
            case Result.Unknown() -> new Json.Str("unknown");
        };
    }

    private static Json.Builder details(Json.Builder json, SortedMap<String, String> details) {
        if (details.isEmpty()) {
            return json;
        }
        var members = Json.object();
        details.forEach(members::put);
        return json.put("details", members.build());
    }

    static JournalRecord read(Bytes encoded) throws MalformedException {
        var json = Json.members(Json.parse(encoded, JournalRecord.MAX_SIZE), "a record");
        JournalRecord entry;
        try {
            entry = read(json);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a record that cannot be: " + e.getMessage());
        }
        json.done();
        // White space, escapes, another order: all that JSON leaves open is closed here.
        if (!entry.encode().equals(encoded)) {
            throw new MalformedException(Reason.SPELLING, "a record in a second spelling");
        }
        return entry;
    }

    private static JournalRecord read(Members json) throws MalformedException {
        json.number("v", VERSION, VERSION);
        var time = json.time("time");
        return switch (json.text("kind")) {
            case "approval" ->
                    new Approval(
                            time,
                            place(json),
                            json.bytes("intent", Merkle.HASH_SIZE),
                            json.bytes("evidence", Merkle.HASH_SIZE),
                            level(json),
                            texts(json, "factors"),
                            json.text("sender"),
                            shown(json));
            case "use" ->
                    new Use(
                            time,
                            place(json),
                            json.number("approval", 0, Long.MAX_VALUE),
                            digests(json),
                            scheme(json));
            case "outcome" ->
                    new Outcome(
                            time,
                            place(json),
                            json.number("use", 0, Long.MAX_VALUE),
                            results(json));
            case "change" -> {
                var what = json.text("what");
                var subject = json.text("subject");
                var by = json.text("by");
                yield json.has("chain")
                        ? new Change(
                                time,
                                place(json),
                                what,
                                subject,
                                by,
                                json.has("intent")
                                        ? json.bytes("intent", Merkle.HASH_SIZE)
                                        : Bytes.EMPTY,
                                details(json))
                        : new ServerChange(time, what, subject, by, details(json));
            }
            default -> throw new MalformedException("a record of an unknown kind");
        };
    }

    private static Place place(Members json) throws MalformedException {
        var chain = json.text("chain");
        var kind = chain.startsWith(Id.Kind.OWNER.prefix()) ? Id.Kind.OWNER : Id.Kind.CREDENTIAL;
        return new Place(
                Id.parse(kind, chain),
                json.number("seq", 1, Long.MAX_VALUE),
                json.bytes("prev", Merkle.HASH_SIZE));
    }

    private static Level level(Members json) throws MalformedException {
        var name = json.text("level");
        for (var level : Level.values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw new MalformedException("not a level");
    }

    private static List<Shown> shown(Members json) throws MalformedException {
        var shown = new ArrayList<Shown>();
        for (var item : json.items("shown")) {
            shown.add(Shown.ofJson(item));
        }
        return shown;
    }

    private static List<String> texts(Members json, String name) throws MalformedException {
        var texts = new ArrayList<String>();
        for (var item : json.items(name)) {
            if (!(item instanceof Json.Str(var text))) {
                throw new MalformedException("an item of " + name + " is not a string");
            }
            texts.add(text);
        }
        return texts;
    }

    private static List<Use.Digest> digests(Members json) throws MalformedException {
        var digests = new ArrayList<Use.Digest>();
        for (var item : json.items("digests", 1, JournalRecord.MAX_DIGESTS)) {
            var digest = Json.members(item, "a digest");
            var algorithm = HashAlgorithm.ofOid(digest.text("alg"));
            digests.add(new Use.Digest(algorithm, digest.bytes("value", algorithm.length())));
            digest.done();
        }
        return digests;
    }

    private static SignatureScheme scheme(Members json) throws MalformedException {
        var scheme = Scheme.ofId((int) json.number("scheme", 1, Integer.MAX_VALUE));
        var salt = scheme.isPss() ? json.number("saltLength", 0, SignatureScheme.MAX_SALT) : 0;
        return new SignatureScheme(scheme, (int) salt);
    }

    private static List<Result> results(Members json) throws MalformedException {
        var results = new ArrayList<Result>();
        for (var item : json.items("results", 1, JournalRecord.MAX_DIGESTS)) {
            results.add(
                    switch (item) {
                        case Json.Str(var text) when text.equals("failed") -> new Result.Failed();
                        case Json.Str(var text) when text.equals("unknown") -> new Result.Unknown();
                        default -> {
                            var result = Json.members(item, "a result");
                            var signature = result.bytes("signed", Merkle.HASH_SIZE);
                            result.done();
                            yield new Result.Signed(signature);
                        }
                    });
        }
        return results;
    }

    private static SortedMap<String, String> details(Members json) throws MalformedException {
        var details = new TreeMap<String, String>();
        if (json.has("details")) {
            if (!(json.value("details") instanceof Json.Obj(var members))) {
                throw new MalformedException("the details are not an object");
            }
            for (var member : members.entrySet()) {
                if (!(member.getValue() instanceof Json.Str(var text))) {
                    throw new MalformedException("a detail is not a string");
                }
                details.put(member.getKey(), text);
            }
        }
        return details;
    }
}
