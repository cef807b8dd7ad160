package dev.custodian.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Reads the published vectors of the link: each frame is accepted with the fields or refused for
/// the reason that the file says.
class LinkVectorsTest {
    /// The cases of `vectors/link/FILE.txt`, in the notation of core's vectors.
    private static List<Map<String, String>> read(String file) throws IOException {
        try (var in = LinkVectorsTest.class.getResourceAsStream("/vectors/link/" + file + ".txt")) {
            var text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
            return Arrays.stream(text.split("\n\n"))
                    .map(LinkVectorsTest::fields)
                    .filter(one -> !one.isEmpty())
                    .toList();
        }
    }

    private static Map<String, String> fields(String block) {
        var fields = new LinkedHashMap<String, String>();
        block.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(": ?", 2))
                .forEach(pair -> assertThat(fields.put(pair[0], pair[1])).isNull());
        return fields;
    }

    @Test
    void numbersOfFailuresAreThoseOfTheTable() throws IOException {
        var table =
                Arrays.stream(FailureKind.values())
                        .map(
                                kind ->
                                        Map.of(
                                                "number",
                                                "" + FailureNumbers.of(kind),
                                                "id",
                                                kind.id()))
                        .toList();
        assertThat(read("failures")).containsExactlyInAnyOrderElementsOf(table);
        assertThat(table).extracting(row -> row.get("number")).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> frames() throws IOException {
        return read("frames").stream()
                .map(one -> DynamicTest.dynamicTest(take(one, "name"), () -> check(one)));
    }

    private static String take(Map<String, String> vector, String key) {
        return Objects.requireNonNull(vector.remove(key), key);
    }

    private static void check(Map<String, String> vector) {
        var octets = Bytes.fromHex(take(vector, "hex"));
        var outcome = take(vector, "outcome");
        vector.remove("because");
        Frame frame;
        try {
            frame = Frame.decode(octets);
        } catch (MalformedException e) {
            assertThat(outcome).as(e.getMessage()).isEqualTo("refused");
            assertThat(vector).as(e.getMessage()).isEqualTo(Map.of("reason", e.reason().text()));
            return;
        }
        assertThat(outcome).as("%s", frame).isEqualTo("accepted");
        assertThat(described(frame)).isEqualTo(vector);
        assertThat(frame.encode()).isEqualTo(octets);
    }

    private static Map<String, String> described(Frame frame) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("request", "" + frame.request());
        switch (frame.message()) {
            case Request request -> describe(request, fields);
            case Answer answer -> describe(answer, fields);
        }
        return fields;
    }

    private static void describe(Request request, Map<String, String> to) {
        switch (request) {
            case Request.Hello(var program, var version) ->
                    put(to, "hello", "program", program, "version", version);
            case Request.ListCredentials(var purposes, var after) ->
                    put(
                            to,
                            "list",
                            "purposes",
                            purposes.stream()
                                    .sorted()
                                    .map(purpose -> purpose.text())
                                    .collect(Collectors.joining(" ")),
                            "after",
                            after);
            case Request.GetCredential(var name) -> put(to, "get", "credential", name);
            case Request.Sign sign -> {
                put(
                        to,
                        "sign",
                        "credential",
                        sign.credential(),
                        "scheme",
                        sign.scheme().scheme().name(),
                        "salt",
                        "" + sign.scheme().saltLength(),
                        "digests",
                        hex(sign.digests()));
                var context = sign.context();
                put(
                        to,
                        "sign",
                        "window",
                        Long.toUnsignedString(context.window()),
                        "title",
                        context.title(),
                        "document",
                        context.document(),
                        "silent",
                        "" + sign.silent(),
                        "limit ms",
                        "" + sign.limit().toMillis());
            }
            case Request.Cancel() -> put(to, "cancel");
            case Request.Status() -> put(to, "status");
            case Request.Doctor() -> put(to, "doctor");
            case Request.Sync() -> put(to, "sync");
            case Request.Unsync() -> put(to, "unsync");
            case Request.ListConsents() -> put(to, "consent list");
            case Request.GrantConsent(
                            var credential,
                            var process,
                            var count,
                            var lasting,
                            var limit) ->
                    put(
                            to,
                            "consent grant",
                            "credential",
                            credential,
                            "process",
                            "" + process,
                            "count",
                            "" + count,
                            "seconds",
                            "" + lasting.toSeconds(),
                            "limit ms",
                            "" + limit.toMillis());
            case Request.ForgetConsent(var consent) ->
                    put(to, "consent forget", "consent", consent.text());
            case Request.Join(var invitation, var name, var limit) ->
                    put(
                            to,
                            "join",
                            "invitation",
                            invitation,
                            "name of it",
                            name,
                            "limit ms",
                            "" + limit.toMillis());
            case Request.Recover(var address, var name, var limit) ->
                    put(
                            to,
                            "recover",
                            "address",
                            address,
                            "name of it",
                            name,
                            "limit ms",
                            "" + limit.toMillis());
            case Request.Login() -> put(to, "login");
            case Request.Logout() -> put(to, "logout");
            case Request.ListDevices() -> put(to, "devices");
            case Request.ApproveDevice(var device, var limit) ->
                    put(
                            to,
                            "device approve",
                            "device",
                            device.text(),
                            "limit ms",
                            "" + limit.toMillis());
            case Request.RefuseDevice(var device) ->
                    put(to, "device refuse", "device", device.text());
            case Request.RemoveDevice(var device, var limit) ->
                    put(
                            to,
                            "device remove",
                            "device",
                            device.text(),
                            "limit ms",
                            "" + limit.toMillis());
            case Request.StopRecovery(var limit) ->
                    put(to, "recovery stop", "limit ms", "" + limit.toMillis());
            case Request.ChangePin(var limit) -> put(to, "pin", "limit ms", "" + limit.toMillis());
            case Request.ListStores() -> put(to, "store list");
            case Request.CreateKey(var store, var name, var limit) ->
                    put(
                            to,
                            "store create",
                            "store",
                            store.name(),
                            "key name",
                            name,
                            "limit ms",
                            "" + limit.toMillis());
            case Request.ShowKey(var key) -> put(to, "store show", "key", key);
            case Request.DeleteKey(var key, var limit) ->
                    put(to, "store delete", "key", key, "limit ms", "" + limit.toMillis());
        }
    }

    private static void describe(Answer answer, Map<String, String> to) {
        switch (answer) {
            case Answer.Welcome(var version, var state) ->
                    put(to, "hello answer", "version", version, "state", state.name());
            case Answer.Credentials(var page, var more) -> {
                put(to, "list answer", "more", "" + more);
                for (int i = 0; i < page.size(); i++) {
                    describe(page.get(i), (i + 1) + " ", to);
                }
            }
            case Answer.OneCredential(var credential) -> {
                put(to, "get answer");
                describe(credential, "", to);
            }
            case Answer.Signatures(var signatures) ->
                    put(to, "sign answer", "signatures", hex(signatures));
            case Answer.Standing(var state, var lines) -> {
                put(to, "status answer", "state", state.name());
                lines.forEach(line -> to.put("line " + line.what(), line.text()));
            }
            case Answer.Diagnosis(var checks) -> {
                put(to, "doctor answer");
                checks.forEach(
                        check ->
                                to.put(
                                        "check " + check.what(),
                                        Stream.of(
                                                        check.outcome().name(),
                                                        check.sentence(),
                                                        check.nextStep())
                                                .filter(text -> !text.isEmpty())
                                                .collect(Collectors.joining(" | "))));
            }
            case Answer.Synced(var credentials) ->
                    put(to, "sync answer", "credentials", "" + credentials);
            case Answer.Consents(var consents) -> {
                put(to, "consent list answer");
                for (int i = 0; i < consents.size(); i++) {
                    describe(consents.get(i), (i + 1) + " ", to);
                }
            }
            case Answer.Granted(var consent) -> {
                put(to, "consent grant answer");
                describe(consent, "", to);
            }
            case Answer.Forgotten() -> put(to, "consent forget answer");
            case Answer.Enrolled(var owner, var device) ->
                    put(to, "enrolled", "owner", owner.text(), "device", device.text());
            case Answer.Waiting(var number, var until) ->
                    put(to, "waiting", "number", number, "until", until.toString());
            case Answer.Session(var state) -> put(to, "session answer", "state", state.name());
            case Answer.Devices devices -> describe(devices, to);
            case Answer.DevicesChanged() -> put(to, "devices changed");
            case Answer.PinChanged() -> put(to, "pin answer");
            case Answer.Unsynced() -> put(to, "unsync answer");
            case Answer.Told(var lines) -> {
                put(to, "store answer");
                lines.forEach(line -> to.put("line " + line.what(), line.text()));
            }
            case Answer.Failure(var number, var id, var sentence, var nextStep) ->
                    put(
                            to,
                            "failure",
                            "number",
                            "" + number,
                            "id",
                            id,
                            "sentence",
                            sentence,
                            "next step",
                            nextStep);
        }
    }

    private static void describe(Answer.Devices answer, Map<String, String> to) {
        put(to, "devices answer", "address", answer.address(), "recovery", time(answer.recovery()));
        for (int i = 0; i < answer.devices().size(); i++) {
            var one = answer.devices().get(i);
            var which = (i + 1) + " ";
            to.put(which + "device", one.id().text());
            to.put(which + "name", one.name());
            to.put(which + "ours", "" + one.ours());
            to.put(which + "active", "" + one.active());
            to.put(which + "created", one.created().toString());
            to.put(which + "seen", time(one.seen()));
        }
        for (int i = 0; i < answer.waiting().size(); i++) {
            var one = answer.waiting().get(i);
            var which = "waiting " + (i + 1) + " ";
            to.put(which + "device", one.id().text());
            to.put(which + "name", one.name());
            to.put(which + "number", one.number());
            to.put(which + "until", one.until().toString());
        }
    }

    private static String time(Instant time) {
        return time.equals(Instant.EPOCH) ? "never" : time.toString();
    }

    private static void describe(Credential one, String which, Map<String, String> to) {
        to.put(which + "credential", one.name());
        to.put(which + "id", one.id().text());
        to.put(which + "key", one.algorithm().display());
        to.put(which + "public key", one.publicKey().hex());
        to.put(which + "chain", hex(one.chain()));
        to.put(which + "purpose", one.purpose().text());
        to.put(which + "custody", one.custody().text());
    }

    private static void describe(Consent one, String which, Map<String, String> to) {
        to.put(which + "consent", one.id().text());
        to.put(which + "credential", one.credential());
        to.put(which + "subject", one.subject());
        to.put(which + "remaining", "" + one.remaining());
        to.put(which + "until", one.until().toString());
    }

    private static String hex(List<Bytes> octets) {
        return octets.stream().map(Bytes::hex).collect(Collectors.joining(" "));
    }

    private static void put(Map<String, String> to, String message, String... keysAndValues) {
        to.put("message", message);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            to.put(keysAndValues[i], keysAndValues[i + 1]);
        }
    }
}
