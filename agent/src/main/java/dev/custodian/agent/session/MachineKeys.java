package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Line;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.Found;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.StoreKind;
import dev.custodian.link.Answer;
import dev.custodian.link.KeyStore;
import java.util.ArrayList;
import java.util.List;

/// The stores of device keys of this machine, and the keys in them: what a person sees of them and
/// does to them. The key of the device that this is, is not deleted.
public final class MachineKeys {
    private static final int LONGEST = 1000;

    private final AgentFolder folder;
    private final Stores stores;

    public MachineKeys(AgentFolder folder) {
        this.folder = folder;
        this.stores = folder.stores();
    }

    /// Each store with its verdict and its keys; tries each.
    public List<Answer.Line> list() throws Refused {
        var lines = new ArrayList<Answer.Line>();
        for (var found : stores.look()) {
            switch (found) {
                case Found.Unusable unusable ->
                        lines.add(line(unusable.source().kind().display(), unusable.sentence()));
                case Found.Usable(var source, var store, _)
                        when source.kind() == StoreKind.SOFTWARE ->
                        lines.add(
                                line(
                                        source.kind().display(),
                                        source
                                                + ": "
                                                + store.verdict().name()
                                                + ". A new device can be a file for your login."));
                case Found.Usable(_, var store, _) -> {
                    lines.add(line(store.label().kind().display(), words(store)));
                    keys(store).forEach(key -> lines.add(line("key", key)));
                }
            }
        }
        lines.add(line("this folder", folder.softwareSentence()));
        return lines.subList(0, Math.min(lines.size(), Answer.Told.MOST));
    }

    private static List<String> keys(DeviceStore store) throws Refused {
        try {
            return store.list().stream().map(KeyUri::text).toList();
        } catch (DeviceException e) {
            throw Stores.refused(e);
        }
    }

    private static String words(DeviceStore store) {
        return store.label()
                + ": "
                + store.verdict().name()
                + ". "
                + store.label().sentence(store.verdict());
    }

    private static Answer.Line line(String what, String text) {
        return new Answer.Line(what, Line.of(text, LONGEST));
    }

    private static KeyUri uri(String text) throws Refused {
        try {
            return KeyUri.parse(text);
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.USAGE,
                    "Not the URI of a key, as custodian device stores lists it: "
                            + e.getMessage()
                            + ".");
        }
    }

    /// What is known of a key.
    public List<Answer.Line> show(String text) throws Refused {
        var uri = uri(text);
        try (var key = stores.open(uri)) {
            return described(key);
        } catch (DeviceException e) {
            throw refused(e, uri instanceof KeyUri.PivSlot);
        }
    }

    private List<Answer.Line> described(DeviceKey key) throws DeviceException, Refused {
        var lines = new ArrayList<Answer.Line>();
        lines.add(line("key", key.uri().text()));
        lines.add(line("type", key.type().display()));
        lines.add(line("store", words(stores.of(key.uri()))));
        var guard = key.ability(PinProtected.class);
        lines.add(line("PIN", guard.isEmpty() ? "none" : guard.get().pinState().sentence()));
        lines.add(line("public key", Bytes.of(key.publicKey().getEncoded()).base64Url()));
        lines.add(
                line(
                        "used for",
                        folder.isOfDevice(key.uri())
                                ? "the device that this machine is"
                                : "nothing by this agent"));
        return lines;
    }

    /// Makes a P-256 key. On a card it wants the card's PIN, and making it the management key; both
    /// are asked for.
    ///
    /// @param name on a card its slot
    public List<Answer.Line> create(KeyStore store, String name, Asker asker) throws Refused {
        KeySpec spec;
        try {
            spec = new KeySpec(name, KeyType.P256);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    FailureKind.USAGE,
                    "A key's name has 1 to 64 of a-z, 0-9, _ and -; on a card it is the slot, such"
                            + " as 9a.");
        }
        try {
            if (store == KeyStore.CARD) {
                return show(onCard(spec, asker).text());
            }
            try (var key = stores.tpm().create(spec)) {
                return described(key);
            }
        } catch (DeviceException e) {
            throw refused(e, store == KeyStore.CARD);
        }
    }

    /// Asks for nothing when it cannot be.
    private KeyUri onCard(KeySpec spec, Asker asker) throws Refused, DeviceException {
        stores.requireFree(spec);
        var shown =
                asker.shown(
                        Asker.computed("what", "a key in slot " + spec.name() + " of the card"));
        try (var management = managementKey(asker, shown);
                var card = stores.managed(management);
                var pin = Unlock.ask(card.pinState(), asker, shown);
                var key = card.create(spec, pin)) {
            return key.uri();
        }
    }

    /// With what to do; a card's right is its management key.
    private static Refused refused(DeviceException e, boolean ofCard) {
        var next =
                ofCard && e.failure() == DeviceFailure.STORE_DENIED
                        ? "Try again with its own, or have whoever manages the card do it."
                        : e.failure().nextStep();
        return new Refused(FailureKind.KEY_STORE_REFUSED, e.sentences() + " " + next);
    }

    private static Secret managementKey(Asker asker, List<Shown> shown) throws Refused {
        return asker.enter(
                "The management key of your smart card", shown, Entry.Wanted.MANAGEMENT_KEY);
    }

    /// Forgets a key for ever. Refused for the key of the device that this machine is, or is about
    /// to become; one on a card takes the card's management key.
    public void delete(String text, Asker asker) throws Refused {
        var uri = uri(text);
        if (folder.isOfDevice(uri)) {
            throw new Refused(
                    FailureKind.KEY_STORE_REFUSED,
                    "It is the key of the device that this machine is: nothing was deleted. Remove"
                            + " the device first, from another one: custodian device remove.");
        }
        try {
            stores.open(uri).close();
            if (!(uri instanceof KeyUri.PivSlot)) {
                stores.tpm().delete(uri);
                return;
            }
            var shown = asker.shown(Asker.sentence("key to delete for ever", text));
            try (var management = managementKey(asker, shown);
                    var card = stores.managed(management)) {
                card.delete(uri);
            }
            stores.deleted(uri);
        } catch (DeviceException e) {
            throw refused(e, uri instanceof KeyUri.PivSlot);
        }
    }
}
