package dev.custodian.device.login;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.dbus.BusReader;
import dev.custodian.device.dbus.BusWriter;
import dev.custodian.device.dbus.FakeBus;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A keyring that does what the Secret Service says, until a test has it do something else. Has one
/// client at a time.
class FakeKeyring implements FakeBus.Answering {
    static final String SERVICE = "/org/freedesktop/secrets";
    private static final String PROMPT = SERVICE + "/prompt/1";

    /// What comes of asking the person.
    enum Person {
        UNLOCKS,
        DISMISSES,
        IS_AWAY
    }

    /// An item.
    record Item(Map<String, String> attributes, Bytes secret) {}

    final Map<String, Item> items = new LinkedHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean locked;
    volatile Person person = Person.UNLOCKS;
    private int made;
    private DhSession session = new DhSession(new SecureRandom());

    FakeBus at(Path socket) throws IOException {
        return FakeBus.at(socket, this);
    }

    @Override
    public void answer(FakeBus.Call call) throws IOException {
        if (!call.answeredByTheBus()) {
            calls.add(call.member());
            called(call);
        }
    }

    /// To be overridden by who lies.
    void called(FakeBus.Call call) throws IOException {
        var in = call.arguments();
        switch (call.member()) {
            case "OpenSession" -> {
                var _ = in.text();
                session = new DhSession(new SecureRandom());
                var ours = publicKey();
                session.agree(in.variant("ay").bytes());
                call.reply("vo", out -> out.signature("ay").bytes(ours).text(SERVICE + "/s/1"));
            }
            case "ReadAlias" -> call.reply("o", out -> out.text(SERVICE + "/collection/login"));
            case "Unlock" -> unlock(call, in.array(4, BusReader::text));
            case "Prompt" -> prompt(call);
            case "Dismiss" -> call.reply("", _ -> {});
            case "CreateItem" -> create(call, in);
            case "SearchItems" -> search(call, attributes(in));
            case "Get" -> {
                var item = item(call.path());
                call.reply("v", out -> map(out.signature("a{ss}"), item.attributes()));
            }
            case "GetSecret" ->
                    secret(call, SERVICE + "/s/1", item(call.path()).secret().toArray());
            case "Delete" -> {
                items.remove(call.path());
                call.reply("o", out -> out.text("/"));
            }
            default -> throw new IOException(call.member());
        }
    }

    byte[] publicKey() {
        return session.publicKey();
    }

    private Item item(String path) throws IOException {
        var item = items.get(path);
        if (item == null) {
            throw new IOException(path);
        }
        return item;
    }

    final void secret(FakeBus.Call call, String of, byte[] octets) throws IOException {
        try (var secret = Secret.copyOf(octets, 0, octets.length)) {
            var sent = session.encipher(secret);
            call.reply(
                    "(oayays)",
                    out ->
                            out.align(8)
                                    .text(of)
                                    .bytes(sent.iv().toArray())
                                    .bytes(sent.octets().toArray())
                                    .text("text/plain"));
        }
    }

    private static Map<String, String> attributes(BusReader in) throws IOException {
        var attributes = new HashMap<String, String>();
        var _ = in.array(8, each -> attributes.put(each.align(8).text(), each.text()) == null);
        return attributes;
    }

    private static void map(BusWriter out, Map<String, String> map) {
        out.array(8, each -> map.forEach((key, value) -> each.align(8).text(key).text(value)));
    }

    private void create(FakeBus.Call call, BusReader in) throws IOException {
        var read = new ArrayList<Map<String, String>>();
        var _ =
                in.array(
                        8,
                        each -> {
                            if (each.align(8).text().endsWith(".Label")) {
                                return each.variant("s").text();
                            }
                            var attributes = new HashMap<String, String>();
                            var _ =
                                    each.variant("a{ss}")
                                            .array(
                                                    8,
                                                    one ->
                                                            attributes.put(
                                                                            one.align(8).text(),
                                                                            one.text())
                                                                    == null);
                            read.add(attributes);
                            return "";
                        });
        var _ = in.align(8).text();
        try (var secret = session.decipher(in.bytes(), in.bytes())) {
            var _ = in.text();
            if (in.bool()) {
                items.values().removeIf(item -> item.attributes().equals(read.getFirst()));
            }
            var path = SERVICE + "/collection/login/" + ++made;
            items.put(path, new Item(read.getFirst(), Bytes.of(keeps(secret.expose().clone()))));
            call.reply("oo", out -> out.text(path).text("/"));
        }
    }

    /// What it keeps of what it was given.
    byte[] keeps(byte[] secret) {
        return secret;
    }

    void search(FakeBus.Call call, Map<String, String> wanted) throws IOException {
        var found = new ArrayList<String>();
        items.forEach(
                (path, item) -> {
                    if (item.attributes().entrySet().containsAll(wanted.entrySet())) {
                        found.add(path);
                    }
                });
        call.reply(
                "aoao",
                out -> {
                    out.array(4, each -> (locked ? List.<String>of() : found).forEach(each::text));
                    out.array(4, each -> (locked ? found : List.<String>of()).forEach(each::text));
                });
    }

    private void unlock(FakeBus.Call call, List<String> objects) throws IOException {
        boolean asks = locked;
        call.reply(
                "aoo",
                out ->
                        out.array(
                                        4,
                                        each ->
                                                (asks ? List.<String>of() : objects)
                                                        .forEach(each::text))
                                .text(asks ? PROMPT : "/"));
    }

    private void prompt(FakeBus.Call call) throws IOException {
        call.reply("", _ -> {});
        // somebody else says that the person unlocked it
        completed(call, ":1.9", false);
        if (person != Person.IS_AWAY) {
            locked = person != Person.UNLOCKS;
            completed(call, FakeBus.OWNER, locked);
        }
    }

    private static void completed(FakeBus.Call call, String sender, boolean dismissed)
            throws IOException {
        call.signal(
                sender,
                PROMPT,
                "org.freedesktop.Secret.Prompt",
                "Completed",
                "bv",
                out -> out.bool(dismissed).signature("ao").array(4, _ -> {}));
    }
}
