package dev.custodian.device.login;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.dbus.Bus;
import dev.custodian.device.dbus.BusException;
import dev.custodian.device.dbus.BusReader;
import dev.custodian.device.dbus.BusWriter;
import dev.custodian.device.login.LoginException.Meaning;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The keyring of this login, whichever program keeps it (Secret Service 0.2): gnome-keyring,
/// KWallet, KeePassXC. Each secret is an item with attributes, by which `secret-tool lookup` finds
/// it too: any program of this user can read all of it.
///
/// For one thread. What it asks the person, it asks by itself.
public final class SecretService implements AutoCloseable {
    /// Time for all answers of the keyring to one who opened it.
    public static final Duration LIMIT = Duration.ofSeconds(20);

    /// Time for a person to type the keyring's password, and to answer what else it asks.
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Most octets of a secret.
    public static final int LONGEST = 64 << 10;

    /// Most items that are looked at for one secret: who has more of a kind made them on purpose.
    private static final int MOST_ITEMS = 16;

    private static final String NAME = "org.freedesktop.secrets";
    private static final String PATH = "/org/freedesktop/secrets";
    private static final String FACE = "org.freedesktop.Secret.Service";
    private static final String COLLECTION = "org.freedesktop.Secret.Collection";
    private static final String ITEM = "org.freedesktop.Secret.Item";
    private static final String PROMPT = "org.freedesktop.Secret.Prompt";
    private static final String NONE = "/";
    private static final String TEXT = "text/plain; charset=utf8";

    private final Bus bus;
    private final String owner;
    private final String session;
    private final DhSession cipher;

    /// What is left of it.
    private Duration patience;

    private SecretService(
            Bus bus, String owner, String session, DhSession cipher, Duration patience) {
        this.bus = bus;
        this.owner = owner;
        this.session = session;
        this.cipher = cipher;
        this.patience = patience;
    }

    /// The keyring of this login.
    public static SecretService open() throws LoginException {
        return open(SessionBus.of(System.getenv()), LIMIT, PATIENCE);
    }

    /// The same, which asks nobody: what is locked stays so.
    public static SecretService openQuietly() throws LoginException {
        return open(SessionBus.of(System.getenv()), LIMIT, Duration.ZERO);
    }

    /// The keyring on another bus.
    ///
    /// @param socket where the bus listens
    /// @param limit for all answers of the keyring together
    /// @param patience for all that it asks the person; none of it asks nobody
    public static SecretService open(Path socket, Duration limit, Duration patience)
            throws LoginException {
        try {
            var bus = Bus.connect(socket, limit);
            try {
                return begin(bus, patience);
            } catch (IOException e) {
                bus.close();
                throw e;
            }
        } catch (IOException e) {
            throw told(e);
        }
    }

    private static SecretService begin(Bus bus, Duration patience) throws IOException {
        var owner = bus.owner(NAME);
        var cipher = new DhSession(new SecureRandom());
        var ours = cipher.publicKey();
        record Opened(Bytes theirs, String session) {}
        var opened =
                bus.call(
                        owner,
                        PATH,
                        FACE,
                        "OpenSession",
                        "sv",
                        out -> out.text(DhSession.ALGORITHM).signature("ay").bytes(ours),
                        "vo",
                        in -> new Opened(Bytes.of(in.variant("ay").bytes()), in.path()));
        cipher.agree(opened.theirs().toArray());
        return new SecretService(bus, owner, opened.session(), cipher, patience);
    }

    private static LoginException told(IOException e) {
        if (e instanceof LoginException told) {
            return told;
        }
        var said = String.valueOf(e.getMessage());
        if (!(e instanceof BusException failure)) {
            return new LoginException(Meaning.GONE, said);
        }
        var meaning =
                switch (failure.kind()) {
                    case ABSENT -> Meaning.ABSENT;
                    case SILENT -> Meaning.SILENT;
                    case GONE -> Meaning.GONE;
                    case MALFORMED -> Meaning.LIED;
                    case ERROR ->
                            switch (failure.error()) {
                                case "org.freedesktop.Secret.Error.IsLocked" -> Meaning.LOCKED;
                                case "org.freedesktop.Secret.Error.NoSuchObject" ->
                                        Meaning.ITEM_GONE;
                                default -> Meaning.REFUSED;
                            };
                };
        return new LoginException(meaning, said);
    }

    /// The secrets of the items that have these attributes, and maybe others; none for no such
    /// item. Asks for the keyring's password when it is locked. The caller closes them.
    public List<Secret> find(Map<String, String> attributes) throws LoginException {
        var secrets = new ArrayList<Secret>();
        try {
            for (var item : items(attributes)) {
                secrets.add(secret(item));
            }
            return secrets;
        } catch (IOException e) {
            secrets.forEach(Secret::close);
            throw told(e);
        }
    }

    /// Keeps a secret in the keyring that new items go to.
    ///
    /// @param label for a person who looks into the keyring
    /// @param secret text in UTF-8: other programs show it as that
    /// @param replace whether an item that has the same attributes is replaced
    /// @throws LoginException `LIED` when it reads back as another one
    public void create(String label, Map<String, String> attributes, Secret secret, boolean replace)
            throws LoginException {
        if (secret.size() > LONGEST) {
            throw new IllegalArgumentException("a secret that is too long");
        }
        try {
            var item = created(collection(), label, attributes, secret, replace);
            try (var kept = secret(item)) {
                if (!kept.equals(secret)) {
                    throw new LoginException(
                            Meaning.LIED, "the keyring does not keep what it was given");
                }
            }
        } catch (IOException e) {
            throw told(e);
        }
    }

    private String collection() throws IOException {
        var collection =
                bus.call(
                        owner,
                        PATH,
                        FACE,
                        "ReadAlias",
                        "s",
                        out -> out.text("default"),
                        "o",
                        BusReader::path);
        if (collection.equals(NONE)) {
            throw new LoginException(
                    Meaning.ABSENT, "the login has no default keyring: make one in its program");
        }
        unlock(List.of(collection));
        return collection;
    }

    private String created(
            String collection,
            String label,
            Map<String, String> attributes,
            Secret secret,
            boolean replace)
            throws IOException {
        var enciphered = cipher.encipher(secret);
        var made =
                bus.call(
                        owner,
                        collection,
                        COLLECTION,
                        "CreateItem",
                        "a{sv}(oayays)b",
                        out ->
                                properties(out, label, attributes)
                                        .align(8)
                                        .text(session)
                                        .bytes(enciphered.iv().toArray())
                                        .bytes(enciphered.octets().toArray())
                                        .text(TEXT)
                                        .bool(replace),
                        "oo",
                        Prompted::read);
        return made.path().equals(NONE)
                ? ask(made.prompt(), in -> in.variant("o").path())
                : made.path();
    }

    /// What was made at once, or what has to be asked first.
    private record Prompted(String path, String prompt) {
        private static Prompted read(BusReader in) throws BusException {
            return new Prompted(in.path(), in.path());
        }
    }

    private static BusWriter properties(
            BusWriter out, String label, Map<String, String> attributes) {
        return out.array(
                8,
                each -> {
                    each.align(8).text(ITEM + ".Label").signature("s").text(label);
                    each.align(8).text(ITEM + ".Attributes").signature("a{ss}");
                    write(each, attributes);
                });
    }

    private static void write(BusWriter out, Map<String, String> attributes) {
        out.array(
                8,
                each -> attributes.forEach((name, value) -> each.align(8).text(name).text(value)));
    }

    /// Deletes the items that have these attributes.
    ///
    /// @return how many there were
    public int delete(Map<String, String> attributes) throws LoginException {
        try {
            var items = items(attributes);
            for (var item : items) {
                var prompt =
                        bus.call(owner, item, ITEM, "Delete", "", _ -> {}, "o", BusReader::path);
                if (!prompt.equals(NONE)) {
                    var _ = ask(prompt, SecretService::skipped);
                }
            }
            return items.size();
        } catch (IOException e) {
            throw told(e);
        }
    }

    /// Unlocked items that say of themselves that they have these attributes.
    private List<String> items(Map<String, String> attributes) throws IOException {
        record Found(List<String> unlocked, List<String> locked) {}
        var found =
                bus.call(
                        owner,
                        PATH,
                        FACE,
                        "SearchItems",
                        "a{ss}",
                        out -> write(out, attributes),
                        "aoao",
                        in ->
                                new Found(
                                        in.array(4, BusReader::path),
                                        in.array(4, BusReader::path)));
        if (found.unlocked().size() + found.locked().size() > MOST_ITEMS) {
            throw new LoginException(Meaning.LIED, "too many items of one kind");
        }
        if (!found.locked().isEmpty()) {
            unlock(found.locked());
        }
        var items = new ArrayList<String>();
        for (var part : List.of(found.unlocked(), found.locked())) {
            for (var item : part) {
                if (has(item, attributes)) {
                    items.add(item);
                }
            }
        }
        return items;
    }

    /// A keyring that finds other people's items is not asked for their secrets.
    private boolean has(String item, Map<String, String> wanted) throws IOException {
        record Entry(String name, String value) {}
        var entries =
                bus.call(
                        owner,
                        item,
                        "org.freedesktop.DBus.Properties",
                        "Get",
                        "ss",
                        out -> out.text(ITEM).text("Attributes"),
                        "v",
                        in ->
                                in.variant("a{ss}")
                                        .array(
                                                8,
                                                each ->
                                                        new Entry(
                                                                each.align(8).text(),
                                                                each.text())));
        return wanted.entrySet().stream()
                .allMatch(one -> entries.contains(new Entry(one.getKey(), one.getValue())));
    }

    private Secret secret(String item) throws IOException {
        record Answer(String session, Bytes iv, Bytes octets) {}
        var answer =
                bus.call(
                        owner,
                        item,
                        ITEM,
                        "GetSecret",
                        "o",
                        out -> out.text(session),
                        "(oayays)",
                        in -> {
                            var read =
                                    new Answer(
                                            in.align(8).path(),
                                            Bytes.of(in.bytes()),
                                            Bytes.of(in.bytes()));
                            var _ = in.text();
                            return read;
                        });
        if (!answer.session().equals(session)) {
            throw BusException.malformed("a secret of another session");
        }
        return cipher.decipher(answer.iv().toArray(), answer.octets().toArray());
    }

    private void unlock(List<String> objects) throws IOException {
        record Unlocked(List<String> done, String prompt) {}
        var answer =
                bus.call(
                        owner,
                        PATH,
                        FACE,
                        "Unlock",
                        "ao",
                        out -> out.array(4, each -> objects.forEach(each::text)),
                        "aoo",
                        in -> new Unlocked(in.array(4, BusReader::path), in.path()));
        if (!answer.prompt().equals(NONE)) {
            var _ = ask(answer.prompt(), in -> in.variant("ao").array(4, BusReader::path));
        }
    }

    /// Has the keyring ask its person, and waits for what comes of it.
    ///
    /// @param result reads the variant that the prompt ends with
    /// @throws LoginException `LOCKED` when the person said no, or nobody was there
    private <T> T ask(String prompt, BusReader.Element<T> result) throws IOException {
        if (!patience.isPositive()) {
            throw new LoginException(Meaning.LOCKED, "the keyring is locked");
        }
        long start = System.nanoTime();
        try {
            return asked(prompt, result);
        } finally {
            patience = patience.minusNanos(System.nanoTime() - start);
        }
    }

    private <T> T asked(String prompt, BusReader.Element<T> result) throws IOException {
        bus.listen(owner, prompt, PROMPT, "Completed");
        bus.call(owner, prompt, PROMPT, "Prompt", "s", out -> out.text(""), "", in -> NONE);
        record Completed<T>(boolean dismissed, List<T> result) {}
        try {
            var completed =
                    bus.await(
                            owner,
                            prompt,
                            PROMPT,
                            "Completed",
                            "bv",
                            in -> {
                                if (in.bool()) {
                                    skipped(in);
                                    return new Completed<T>(true, List.of());
                                }
                                return new Completed<>(false, List.of(result.read(in)));
                            },
                            patience);
            if (completed.dismissed()) {
                throw new LoginException(Meaning.LOCKED, "the keyring was not unlocked");
            }
            return completed.result().getFirst();
        } catch (BusException e) {
            if (e.kind() != BusException.Kind.SILENT) {
                throw e;
            }
            dismiss(prompt);
            throw new LoginException(Meaning.LOCKED, "nobody unlocked the keyring in time");
        }
    }

    private void dismiss(String prompt) {
        try {
            bus.call(owner, prompt, PROMPT, "Dismiss", "", _ -> {}, "", in -> NONE);
        } catch (IOException e) {
            // it goes with the connection
        }
    }

    private static String skipped(BusReader in) throws BusException {
        in.skipVariant();
        return NONE;
    }

    @Override
    public void close() {
        cipher.close();
        bus.close();
    }
}
