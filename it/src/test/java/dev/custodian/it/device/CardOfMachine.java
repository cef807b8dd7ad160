package dev.custodian.it.device;

import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.PivStore;
import dev.custodian.it.StoreOfMachine;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A simulated card with a key in slot 9a, in a reader of a machine's own.
public final class CardOfMachine implements StoreOfMachine {
    /// What the card wants, where its key wants one.
    public static final String PIN = SimulatedPivCard.PIN;

    /// What makes and deletes keys on it, in hexadecimal digits.
    public static final String MANAGEMENT_KEY = SimulatedManagement.KEY.hex();

    private static final AtomicInteger SERIAL = new AtomicInteger(5_000_000);

    private final Pcscd pcscd;
    private final Vpcd slot;

    private CardOfMachine(Pcscd pcscd, Vpcd slot) {
        this.pcscd = pcscd;
        this.slot = slot;
    }

    /// A card whose key wants no PIN.
    public static CardOfMachine start() throws Exception {
        return start(store -> store.create(new KeySpec("9a", KeyType.P256)));
    }

    /// A card whose key wants the card's PIN.
    public static CardOfMachine startWithPin() throws Exception {
        return start(
                store -> {
                    try (var pin = CardInReader.secret(PIN)) {
                        return store.create(new KeySpec("9a", KeyType.P256), pin);
                    }
                });
    }

    private interface Making {
        DeviceKey make(PivStore store) throws Exception;
    }

    private static CardOfMachine start(Making making) throws Exception {
        var card = new SimulatedPivCard(SimulatedPivCard.Kind.YUBICO, SERIAL.incrementAndGet());
        try (var _ = CardInReader.of(card);
                var management = CardInReader.managementKey();
                var store = PivStore.open(CardInReader.reader(), management)) {
            making.make(store).close();
        }
        var pcscd = Pcscd.start();
        var slot = new Vpcd(pcscd.port(), card);
        slot.insert();
        return new CardOfMachine(pcscd, slot);
    }

    /// Pulls the card.
    public void pull() {
        slot.pull();
    }

    @Override
    public String option() {
        return "card";
    }

    @Override
    public Map<String, String> environment() {
        return pcscd.environment();
    }

    @Override
    public void close() {
        slot.close();
        try {
            pcscd.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
