package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceKeys;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.Found;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PivStore;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.StoreKind;
import dev.custodian.device.StoreLabel;
import dev.custodian.device.StoreSource;
import dev.custodian.device.TpmStore;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginSeal;
import dev.custodian.device.login.SecretService;
import dev.custodian.device.tpm.DeviceFile;
import dev.custodian.device.tpm.TpmSocket;
import dev.custodian.device.tpm.TpmTransport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The stores of device keys beside the agent's own files: the TPM and the card. Each is opened
/// when it is first needed and stays open, since a simulated TPM takes one client at a time.
final class Stores implements AutoCloseable {
    /// Where in the agent's folder the files of a TPM's keys are, which are of no use without it.
    static final String KEYS = "keys";

    private static final int NAME = 4;

    private static final String KEYRING = "the keyring of your login";

    /// Time for a keyring that asks its person to be tried.
    private static final Duration ASKED =
            SecretService.LIMIT.plus(SecretService.PATIENCE).plusSeconds(10);

    private final Path keys;
    private final StoreOption option;
    private final Login login;
    private final SecureRandom random;
    private final Map<KeyUri, DeviceKey> opened = new HashMap<>();

    /// Keys whose PIN was given.
    private final Set<KeyUri> unlocked = ConcurrentHashMap.newKeySet();

    private @Nullable TpmStore tpm;
    private @Nullable DeviceStore card;

    Stores(Path folder, StoreOption option, Login login, SecureRandom random) {
        this.keys = folder.toAbsolutePath().normalize().resolve(KEYS);
        this.option = option;
        this.login = login;
        this.random = random;
    }

    /// What an enrolment takes.
    ///
    /// @param store what a person calls it
    /// @param sentence how well it keeps the key; empty for the agent's own files
    /// @param login whether the keyring of the login is to seal what is a file
    /// @param passedOver better ones that cannot be used, and why
    record Taken(
            StoreKind kind, String store, String sentence, boolean login, List<String> passedOver) {
        Taken {
            passedOver = List.copyOf(passedOver);
        }
    }

    /// What seals for the user's login.
    Login login() {
        return login;
    }

    synchronized TpmStore tpm() throws DeviceException {
        var known = tpm;
        if (known == null) {
            known = TpmStore.open(keys, this::connect);
            tpm = known;
        }
        return known;
    }

    private TpmTransport connect() throws IOException {
        if (option.socket().isEmpty()) {
            return DeviceFile.open(DeviceFile.MANAGED);
        }
        try {
            return TpmSocket.connect(UnixDomainSocketAddress.of(option.socket()));
        } catch (IOException e) {
            throw new IOException("No TPM answers at " + option.socket() + ".", e);
        }
    }

    synchronized DeviceStore card() throws DeviceException {
        var known = card;
        if (known == null) {
            known = StoreSource.card(null).opening().open();
            card = known;
        }
        return known;
    }

    /// The card that is in a reader now; while a key is open, the one that has it.
    private synchronized DeviceStore cardNow() throws DeviceException {
        var known = card;
        if (known != null && opened.keySet().stream().noneMatch(KeyUri.PivSlot.class::isInstance)) {
            card = null;
            known.close();
        }
        return card();
    }

    /// The key in the card's slot that the option names.
    private DeviceKey cardKey(DeviceStore store) throws DeviceException {
        for (var uri : store.list()) {
            if (uri instanceof KeyUri.PivSlot(_, var slot) && slot.equals(option.slot())) {
                var key = store.open(uri);
                if (key.type() == KeyType.P256) {
                    return key;
                }
                key.close();
            }
        }
        throw new DeviceException(
                DeviceFailure.KEY_UNKNOWN,
                "The card has no P-256 key in slot "
                        + option.slot()
                        + "; make one with: custodian device create --store card "
                        + option.slot()
                        + ".");
    }

    private String place() {
        return option.socket().isEmpty() ? DeviceFile.MANAGED.toString() : option.socket();
    }

    private StoreSource tpmSource() {
        return new StoreSource(StoreKind.TPM, place(), () -> new Lent(tpm()));
    }

    /// A folder of files for the login. A trial leaves nothing in it, nor in the keyring.
    private StoreSource keyringSource(LoginSeal keyring) {
        return new StoreSource(
                StoreKind.SOFTWARE, KEYRING, () -> SoftwareStore.open(keys, keyring));
    }

    private boolean takes(StoreOption.Pick one) {
        return option.pick() == StoreOption.Pick.BEST || option.pick() == one;
    }

    private boolean takesKeyring() {
        return takes(StoreOption.Pick.LOGIN) || option.pick() == StoreOption.Pick.SOFTWARE;
    }

    /// The stores of this machine, the best first; each is tried, and nobody is asked. An agent
    /// that is to keep its keys in files, as on Windows, leaves TPM and card alone.
    List<Found> look() {
        var sources = new ArrayList<StoreSource>();
        var pick = option.pick();
        if (takes(StoreOption.Pick.TPM) || pick == StoreOption.Pick.CARD) {
            sources.add(tpmSource());
            sources.add(new StoreSource(StoreKind.CARD, "any reader", () -> new Lent(cardNow())));
        }
        if (takesKeyring() && login instanceof Login.Keyring(var quiet, _)) {
            sources.add(keyringSource(quiet));
        }
        try (var all = DeviceKeys.of(sources)) {
            return all.list();
        }
    }

    /// Which one an enrolment takes, asking the person to unlock the keyring if need be. Refused
    /// when it was chosen and cannot be used: nothing takes the place of what somebody asked for.
    ///
    /// @param sealed whether the folder has a seal of its own that the keyring is not to replace
    Taken take(boolean sealed) throws Refused {
        var hardware = takeHardware();
        if (hardware.kind() == StoreKind.TPM
                || sealed
                || !(login instanceof Login.Keyring(_, var asking))
                || !takesKeyring()) {
            return hardware;
        }
        try (var all = DeviceKeys.of(List.of(keyringSource(asking)), ASKED)) {
            return switch (all.list().getFirst()) {
                case Found.Usable(_, var store, _) -> byKeyring(hardware, store);
                case Found.Unusable unusable -> withoutKeyring(hardware, unusable);
            };
        }
    }

    private static Taken byKeyring(Taken hardware, DeviceStore store) {
        return hardware.kind() == StoreKind.SOFTWARE
                ? new Taken(
                        StoreKind.SOFTWARE,
                        StoreKind.SOFTWARE.display() + " (" + KEYRING + ").",
                        store.label().sentence(store.verdict()),
                        true,
                        hardware.passedOver())
                : new Taken(
                        hardware.kind(),
                        hardware.store(),
                        hardware.sentence(),
                        true,
                        hardware.passedOver());
    }

    private Taken withoutKeyring(Taken hardware, Found.Unusable unusable) throws Refused {
        if (option.pick() == StoreOption.Pick.LOGIN) {
            throw new Refused(
                    FailureKind.DEVICE_KEY_UNUSABLE,
                    unusable.sentence()
                            + " Start and unlock the keyring of this desktop, or start the agent"
                            + " with another --device-store.");
        }
        if (hardware.kind() != StoreKind.SOFTWARE) {
            return hardware;
        }
        var passedOver = new ArrayList<>(hardware.passedOver());
        passedOver.add(unusable.sentence());
        return new Taken(hardware.kind(), hardware.store(), hardware.sentence(), false, passedOver);
    }

    private Taken takeHardware() throws Refused {
        var sources = new ArrayList<StoreSource>();
        var pick = option.pick();
        if (takes(StoreOption.Pick.TPM)) {
            sources.add(tpmSource());
        }
        if (takes(StoreOption.Pick.CARD)) {
            sources.add(
                    new StoreSource(
                            StoreKind.CARD,
                            "any reader",
                            () -> {
                                var store = cardNow();
                                cardKey(store).close();
                                return new Lent(store);
                            }));
        }
        try (var all = DeviceKeys.of(sources)) {
            var passedOver = new ArrayList<String>();
            for (var found : all.list()) {
                switch (found) {
                    case Found.Usable(_, var store, _) -> {
                        return taken(store, passedOver);
                    }
                    case Found.Unusable unusable -> {
                        if (pick != StoreOption.Pick.BEST) {
                            throw refused(unusable.failure());
                        }
                        passedOver.add(unusable.sentence());
                    }
                }
            }
            if (pick != StoreOption.Pick.BEST) {
                passedOver.add("The agent was started with --device-store " + option.word() + ".");
            }
            return new Taken(StoreKind.SOFTWARE, "software", "", false, passedOver);
        }
    }

    private static Taken taken(DeviceStore store, List<String> passedOver) {
        var label = store.label();
        return new Taken(
                label.kind(), label.toString(), label.sentence(store.verdict()), false, passedOver);
    }

    /// A key for a new device, made in the TPM or found on the card, and what is to be noted of it.
    synchronized KeyNote make(Taken taken) throws Refused {
        try {
            var key =
                    taken.kind() == StoreKind.TPM
                            ? tpm().create(new KeySpec("device-" + name(), KeyType.P256))
                            : cardKey(card());
            opened.put(key.uri(), key);
            return new KeyNote(
                    key.uri().text(),
                    key.ability(PinProtected.class).isPresent(),
                    taken.store(),
                    taken.sentence(),
                    taken.passedOver(),
                    false);
        } catch (DeviceException e) {
            throw refused(e);
        }
    }

    private String name() {
        var octets = new byte[NAME];
        random.nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /// The key of a device, opened once.
    synchronized DeviceKey key(KeyUri uri) throws Refused {
        var known = opened.get(uri);
        if (known != null) {
            return known;
        }
        try {
            var key = open(uri);
            opened.put(uri, key);
            return key;
        } catch (DeviceException e) {
            throw refused(e);
        }
    }

    /// Opens it anew: what is wrong now is told.
    synchronized DeviceKey open(KeyUri uri) throws DeviceException {
        return switch (uri) {
            // The folder may have moved.
            case KeyUri.TpmFile(var path) ->
                    tpm().open(new KeyUri.TpmFile(keys.resolve(path.getFileName())));
            case KeyUri.PivSlot _ -> card().open(uri);
            case KeyUri.SoftwareFile _ ->
                    throw new DeviceException(
                            DeviceFailure.KEY_UNKNOWN, uri + " is no key of a device's.");
        };
    }

    /// Signs with the key of a device.
    DeviceSigner signer(KeyNote note) throws Refused {
        return new KeySigner.Elsewhere(this, note.uri(), key(note.uri()));
    }

    /// The store that a key is in.
    DeviceStore of(KeyUri uri) throws DeviceException {
        return uri instanceof KeyUri.PivSlot ? card() : tpm();
    }

    /// The card, to make and to delete as well; the caller closes it. The keys that are open stay
    /// so.
    PivStore managed(Secret managementKey) throws DeviceException {
        return piv().managed(managementKey);
    }

    /// Refuses a key that cannot be made on the card.
    void requireFree(KeySpec spec) throws DeviceException {
        piv().requireFree(spec);
    }

    private PivStore piv() throws DeviceException {
        if (cardNow() instanceof PivStore piv) {
            return piv;
        }
        throw new DeviceException(DeviceFailure.UNSUPPORTED);
    }

    /// A key that is no more.
    synchronized void deleted(KeyUri uri) {
        unlocked.remove(uri);
        var key = opened.remove(uri);
        if (key != null) {
            key.close();
        }
    }

    /// Deletes the file of a TPM's key that is no device's any more; it need not be there. A key on
    /// a card stays.
    synchronized void forget(KeyNote note) throws Refused, IOException {
        if (!note.isElsewhere() || !(note.uri() instanceof KeyUri.TpmFile uri)) {
            return;
        }
        var key = opened.remove(uri);
        if (key != null) {
            key.close();
        }
        Files.deleteIfExists(keys.resolve(uri.path().getFileName()));
    }

    void unlocked(KeyUri uri) {
        unlocked.add(uri);
    }

    boolean isUnlocked(KeyUri uri) {
        return unlocked.contains(uri);
    }

    /// From now on each PIN has to be given again.
    synchronized void lock() {
        unlocked.clear();
        opened.values().forEach(Stores::lock);
    }

    private static void lock(DeviceKey key) {
        key.ability(PinProtected.class).ifPresent(PinProtected::lock);
    }

    /// The PIN of this one turned out not to be there.
    void locked(KeyUri uri) {
        unlocked.remove(uri);
    }

    /// In the words of the product, with what to do.
    static Refused refused(DeviceException e) {
        var kind = e.failure().kind();
        return new Refused(
                kind == FailureKind.KEY_FILE_UNUSABLE ? FailureKind.DEVICE_KEY_UNUSABLE : kind,
                e.sentences() + " " + e.failure().nextStep());
    }

    @Override
    public synchronized void close() {
        opened.values().forEach(DeviceKey::close);
        opened.clear();
        if (tpm != null) {
            tpm.close();
        }
        if (card != null) {
            card.close();
        }
    }

    /// A store for a trial, which stays open after it.
    private record Lent(DeviceStore store) implements DeviceStore {
        @Override
        public StoreLabel label() {
            return store.label();
        }

        @Override
        public Verdict verdict() {
            return store.verdict();
        }

        @Override
        public Set<KeyType> types() {
            return store.types();
        }

        @Override
        public DeviceKey create(KeySpec spec) throws DeviceException {
            return store.create(spec);
        }

        @Override
        public DeviceKey throwAway() throws DeviceException {
            return store.throwAway();
        }

        @Override
        public DeviceKey open(KeyUri uri) throws DeviceException {
            return store.open(uri);
        }

        @Override
        public List<KeyUri> list() throws DeviceException {
            return store.list();
        }

        @Override
        public void delete(KeyUri uri) throws DeviceException {
            store.delete(uri);
        }

        @Override
        public void close() {
            // whoever lent it does
        }
    }
}
