package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Firmware;
import dev.custodian.core.attest.PinPolicy;
import dev.custodian.core.attest.TouchPolicy;
import dev.custodian.device.piv.CardReader;
import dev.custodian.device.piv.Meaning;
import dev.custodian.device.piv.PivAlgorithm;
import dev.custodian.device.piv.PivCard;
import dev.custodian.device.piv.PivException;
import dev.custodian.device.piv.PivKey;
import dev.custodian.device.piv.Slot;
import dev.custodian.device.piv.SlotMetadata;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Keys of a PIV card that says which keys it has: one of Yubico's, from firmware 5.3 on. A key's
/// name is its slot, two hexadecimal digits: `9a`. The PIN is the card's, one for all keys; a key
/// that is made with it wants it before each use, whichever program uses it.
///
/// Making, deleting and keeping certificates need the card's management key, and a trial too.
public final class PivStore implements DeviceStore, PinStore {
    /// Time for one thing that the card does: some take a minute for an RSA key.
    public static final Duration LIMIT = Duration.ofMinutes(3);

    /// Says which keys it has.
    private static final Firmware OLDEST = new Firmware(5, 3, 0);

    /// Has RSA-3072 and Ed25519, and deletes keys.
    private static final Firmware NEWER = new Firmware(5, 7, 0);

    /// How vpcd calls its readers, in which there is a program.
    private static final String VIRTUAL = "Virtual PCD";

    private final OneThread thread;
    private final PivConnection connection;
    private final @Nullable Secret managementKey;
    private final String reader;
    private final Firmware firmware;
    private final Set<Slot> trials = ConcurrentHashMap.newKeySet();

    /// Whether another store has thread and connection, and ends them.
    private final boolean lent;

    private volatile boolean closed;

    private PivStore(
            OneThread thread,
            PivConnection connection,
            @Nullable Secret managementKey,
            String reader,
            Firmware firmware,
            boolean lent) {
        this.thread = thread;
        this.connection = connection;
        this.managementKey = managementKey;
        this.reader = reader;
        this.firmware = firmware;
        this.lent = lent;
    }

    /// Opens the card in a reader.
    ///
    /// @param managementKey null to use the keys that are there; the caller closes it
    public static PivStore open(CardReader reader, @Nullable Secret managementKey)
            throws DeviceException {
        var thread = new OneThread("card", LIMIT);
        var connection = new PivConnection(reader, new SecureRandom());
        try {
            var firmware = thread.call(() -> connection.run(PivStore::firmware));
            var key = managementKey == null ? null : copy(managementKey);
            return new PivStore(thread, connection, key, reader.name(), firmware, false);
        } catch (DeviceException e) {
            end(thread, connection);
            throw e;
        }
    }

    private static Secret copy(Secret managementKey) {
        return Secret.copyOf(managementKey.expose(), 0, managementKey.size());
    }

    /// The same card over the same connection, to make and to delete as well. The caller closes it,
    /// which leaves this store and its keys as they are; it ends with this store.
    ///
    /// @param managementKey the caller closes it
    public PivStore managed(Secret managementKey) throws DeviceException {
        requireOpen();
        return new PivStore(thread, connection, copy(managementKey), reader, firmware, true);
    }

    /// Waits for the card: all connections of a process to a reader are one, and the next is not to
    /// be ended by this one.
    private static void end(OneThread thread, PivConnection connection) {
        try {
            var _ =
                    thread.call(
                            () -> {
                                connection.close();
                                return true;
                            });
        } catch (DeviceException e) {
            // it hangs: it does so when it comes back
        }
        thread.close();
    }

    private static Firmware firmware(PivCard card) throws IOException, DeviceException {
        var firmware = card.firmware();
        if (firmware.isEmpty() || firmware.get().compareTo(OLDEST) < 0 || card.serial().isEmpty()) {
            throw silent();
        }
        return firmware.get();
    }

    private static DeviceException silent() {
        return new DeviceException(
                DeviceFailure.UNSUPPORTED,
                "The card does not say which keys it has, as those of Yubico do from firmware "
                        + OLDEST
                        + " on.");
    }

    @Override
    public StoreLabel label() {
        return new StoreLabel(StoreKind.CARD, reader, reader.startsWith(VIRTUAL));
    }

    /// Whether the card is one at all, this machine cannot know: whoever verifies its evidence can.
    @Override
    public Verdict verdict() {
        return Verdict.HARDWARE_CLAIMED;
    }

    @Override
    public Set<KeyType> types() {
        var types = EnumSet.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048);
        if (isNewer()) {
            types.add(KeyType.RSA_3072);
            types.add(KeyType.ED25519);
        }
        return Collections.unmodifiableSet(types);
    }

    private boolean isNewer() {
        return firmware.compareTo(NEWER) >= 0;
    }

    private void requireOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    <T> T call(PivConnection.Work<T> work) throws DeviceException {
        requireOpen();
        return thread.call(() -> connection.run(work));
    }

    private <T> T once(PivConnection.Work<T> work) throws DeviceException {
        requireOpen();
        return thread.call(() -> connection.once(work));
    }

    /// What is done with the management key.
    interface Managing {
        void run(PivCard card, Secret managementKey) throws IOException;
    }

    void managed(Managing managing) throws DeviceException {
        var key = requireManagementKey();
        does(
                card -> {
                    try {
                        managing.run(card, key);
                    } finally {
                        key.rest();
                    }
                });
    }

    private interface Doing {
        void run(PivCard card) throws IOException;
    }

    private void does(Doing doing) throws DeviceException {
        var _ =
                once(
                        card -> {
                            doing.run(card);
                            return true;
                        });
    }

    private Secret requireManagementKey() throws DeviceException {
        if (managementKey == null) {
            throw new DeviceException(
                    DeviceFailure.STORE_DENIED, "It needs the card's management key.");
        }
        return managementKey;
    }

    // PIN

    /// What wrong PINs have come to. Costs no try.
    public PinProtected.PinState pinState() throws DeviceException {
        var told = call(PivCard::pinState);
        return new PinProtected.PinState(true, told.left(), told.limit(), Duration.ZERO);
    }

    void verify(Secret pin) throws DeviceException {
        does(card -> card.verifyPin(pin));
    }

    void changePin(Secret pin, Secret newPin) throws DeviceException {
        does(card -> card.changePin(pin, newPin));
        connection.pinBecameAnother();
    }

    /// Signs. Before a PIN is on its way the caller looks at the tries, and so for a broken
    /// connection.
    Bytes sign(PivConnection.Work<Bytes> signing, @Nullable Secret pin) throws DeviceException {
        return pin == null ? call(signing) : once(signing);
    }

    PivConnection connection() {
        return connection;
    }

    // making

    /// Makes a key that wants no PIN.
    @Override
    public DeviceKey create(KeySpec spec) throws DeviceException {
        var slot = free(spec);
        return key(generate(slot, spec.type(), PinPolicy.NEVER), PinPolicy.NEVER);
    }

    /// Makes a key that wants the card's PIN, which has to be this one.
    @Override
    public DeviceKey create(KeySpec spec, Secret pin) throws DeviceException {
        var slot = free(spec);
        var _ = requireManagementKey();
        verify(pin);
        return key(generate(slot, spec.type(), PinPolicy.ALWAYS), PinPolicy.ALWAYS);
    }

    /// Refuses what [#create] would for its name or type; needs neither PIN nor management key.
    public void requireFree(KeySpec spec) throws DeviceException {
        var _ = free(spec);
    }

    private Slot free(KeySpec spec) throws DeviceException {
        requireOpen();
        if (!types().contains(spec.type())) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "This card has no " + spec.type().display() + ".");
        }
        var slot = slot(spec.name());
        if (slot.isEmpty()) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED,
                    "A card's key is named by its slot: 9a, 9c, 9d, 9e, or 82 to 95.");
        }
        if (metadata(slot.get()).isPresent()) {
            throw new DeviceException(
                    DeviceFailure.KEY_EXISTS, "Slot " + slot.get().hex() + " holds it.");
        }
        return slot.get();
    }

    /// Empty also for the slot of the card's own key.
    private static Optional<Slot> slot(String name) {
        try {
            return Optional.of(Slot.ofHex(name)).filter(slot -> slot != Slot.ATTESTATION);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private PivKey generate(Slot slot, KeyType type, PinPolicy policy) throws DeviceException {
        var management = requireManagementKey();
        var algorithm = type.algorithm();
        var kind =
                algorithm == null ? PivAlgorithm.ED25519 : PivAlgorithm.of(algorithm).orElseThrow();
        requireOpen();
        return thread.call(
                () ->
                        connection.once(
                                card -> {
                                    try {
                                        return card.generate(
                                                slot, kind, policy, TouchPolicy.NEVER, management);
                                    } finally {
                                        management.rest();
                                    }
                                }),
                late -> removeLate(late, management));
    }

    /// A key whose maker was told that it came to nothing; it stays on cards that delete none.
    private void removeLate(PivKey late, Secret management) throws DeviceException {
        if (!isNewer()) {
            return;
        }
        var _ =
                connection.once(
                        card -> {
                            try {
                                card.deleteKey(late.slot(), management);
                            } finally {
                                management.rest();
                            }
                            return true;
                        });
    }

    /// What the card says of a slot; empty for an empty one.
    private Optional<SlotMetadata> metadata(Slot slot) throws DeviceException {
        return call(card -> metadata(card, slot));
    }

    private static Optional<SlotMetadata> metadata(PivCard card, Slot slot)
            throws IOException, DeviceException {
        try {
            var told = card.metadata(slot);
            if (told.isEmpty()) {
                // never to be taken for an empty slot: a key would be overwritten
                throw silent();
            }
            return told;
        } catch (PivException e) {
            if (e.meaning() == Meaning.NO_KEY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private PivDeviceKey key(PivKey key, PinPolicy policy) throws DeviceException {
        return new PivDeviceKey(this, uri(key.slot()), key, policy != PinPolicy.NEVER);
    }

    private KeyUri uri(Slot slot) throws DeviceException {
        return new KeyUri.PivSlot(serial(), slot.hex());
    }

    private String serial() throws DeviceException {
        return call(_ -> connection.serial());
    }

    /// In a slot for retired keys that is free.
    ///
    /// @throws DeviceException `UNSUPPORTED` without the management key, and on a card that cannot
    ///   delete the key again: firmware before 5.7
    @Override
    public DeviceKey throwAway() throws DeviceException {
        requireOpen();
        if (managementKey == null) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "A trial needs the card's management key.");
        }
        requireDeleting();
        for (var slot : Slot.values()) {
            if (slot.isRetired() && metadata(slot).isEmpty()) {
                return trial(slot);
            }
        }
        throw new DeviceException(DeviceFailure.STORE_FULL, "All its slots are taken.");
    }

    private DeviceKey trial(Slot slot) throws DeviceException {
        trials.add(slot);
        try {
            var key = generate(slot, KeyType.P256, PinPolicy.NEVER);
            return new PivDeviceKey.Trial(this, uri(slot), key);
        } catch (DeviceException e) {
            trials.remove(slot);
            throw e;
        }
    }

    /// Deletes a key for a trial. When the card is gone, it stays there.
    void forget(Slot slot) {
        if (!trials.contains(slot)) {
            return;
        }
        try {
            delete(slot);
            trials.remove(slot);
        } catch (DeviceException e) {
            // the trial itself told what there is to tell
        }
    }

    // what is there

    @Override
    public DeviceKey open(KeyUri uri) throws DeviceException {
        requireOpen();
        var slot = slot(uri);
        var told = metadata(slot);
        if (told.isEmpty()) {
            throw empty(slot);
        }
        var key = told.get();
        return key(new PivKey(slot, key.algorithm(), key.publicKey()), key.pinPolicy());
    }

    private Slot slot(KeyUri uri) throws DeviceException {
        if (uri instanceof KeyUri.PivSlot(var serial, var name) && serial.equals(serial())) {
            var slot = slot(name);
            if (slot.isPresent()) {
                return slot.get();
            }
        }
        throw new DeviceException(DeviceFailure.KEY_UNKNOWN, uri + " is not of this card.");
    }

    private static DeviceException empty(Slot slot) {
        return new DeviceException(
                DeviceFailure.KEY_UNKNOWN, "Slot " + slot.hex() + " of the card is empty.");
    }

    @Override
    public List<KeyUri> list() throws DeviceException {
        requireOpen();
        var uris = new ArrayList<KeyUri>();
        for (var slot : Slot.values()) {
            if (slot != Slot.ATTESTATION && !trials.contains(slot) && metadata(slot).isPresent()) {
                uris.add(uri(slot));
            }
        }
        return List.copyOf(uris);
    }

    /// @throws DeviceException `UNSUPPORTED` on a card that cannot delete keys: firmware before 5.7
    @Override
    public void delete(KeyUri uri) throws DeviceException {
        requireOpen();
        var slot = slot(uri);
        if (metadata(slot).isEmpty()) {
            throw empty(slot);
        }
        delete(slot);
    }

    /// The key last: while it is there, the rest can be done once more.
    private void delete(Slot slot) throws DeviceException {
        requireDeleting();
        managed(
                (card, management) -> {
                    card.deleteCertificate(slot, management);
                    card.deleteKey(slot, management);
                });
    }

    private void requireDeleting() throws DeviceException {
        if (!isNewer()) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED,
                    "This card deletes no key: firmware " + firmware + ".");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (!lent) {
                end(thread, connection);
            }
            if (managementKey != null) {
                managementKey.close();
            }
        }
    }

    @Override
    public String toString() {
        return label().toString();
    }
}
