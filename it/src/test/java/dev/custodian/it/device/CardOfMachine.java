package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.PivStore;
import dev.custodian.it.Program;
import dev.custodian.it.StoreOfMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A simulated card with a key in slot 9a, in a reader of a machine's own.
public final class CardOfMachine implements StoreOfMachine {
    /// What the card wants, where its key wants one.
    public static final String PIN = SimulatedPivCard.PIN;

    /// What makes and deletes keys on it, in hexadecimal digits.
    public static final String MANAGEMENT_KEY = SimulatedManagement.KEY.hex();

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final KeySpec WORK = new KeySpec("9a", KeyType.P256);

    private static final AtomicInteger SERIAL = new AtomicInteger(5_000_000);

    private final Pcscd pcscd;
    private final Vpcd slot;
    private final SimulatedPivCard card;

    private CardOfMachine(Pcscd pcscd, Vpcd slot, SimulatedPivCard card) {
        this.pcscd = pcscd;
        this.slot = slot;
        this.card = card;
    }

    /// A card whose key wants no PIN.
    public static CardOfMachine start() throws Exception {
        return start(store -> store.create(WORK));
    }

    /// A card whose key wants the card's PIN.
    public static CardOfMachine startWithPin() throws Exception {
        return start(
                store -> {
                    try (var pin = CardInReader.secret(PIN)) {
                        return store.create(WORK, pin);
                    }
                });
    }

    private interface Making {
        DeviceKey make(PivStore store) throws Exception;
    }

    private static CardOfMachine start(Making making) throws Exception {
        return start(card(new SimulatedMaker()), making);
    }

    private static SimulatedPivCard card(SimulatedMaker maker) {
        return new SimulatedPivCard(SimulatedPivCard.Kind.YUBICO, SERIAL.incrementAndGet(), maker);
    }

    /// A card of this maker, whose key wants no PIN.
    static CardOfMachine start(SimulatedMaker maker) throws Exception {
        return start(card(maker.ofAnother()), store -> store.create(WORK));
    }

    /// The same with a key that was made elsewhere and brought to the card.
    static CardOfMachine startWithKeyFromOutside(SimulatedMaker maker) throws Exception {
        var card = card(maker.ofAnother());
        card.takes(0x9a, SimulatedKey.ec("secp256r1"));
        return inserted(card);
    }

    private static CardOfMachine start(SimulatedPivCard card, Making making) throws Exception {
        try (var _ = CardInReader.of(card);
                var management = CardInReader.managementKey();
                var store = PivStore.open(CardInReader.reader(), management)) {
            making.make(store).close();
        }
        return inserted(card);
    }

    private static CardOfMachine inserted(SimulatedPivCard card) throws Exception {
        var pcscd = Pcscd.start();
        var slot = new Vpcd(pcscd.port(), card);
        slot.insert();
        var inserted = new CardOfMachine(pcscd, slot, card);
        inserted.awaitSeen(true);
        return inserted;
    }

    /// Pulls the card.
    public void pull() {
        slot.pull();
        awaitSeen(false);
    }

    /// Waits until programs see a card in the first slot, or see none: the service looks now and
    /// then.
    private void awaitSeen(boolean there) {
        await().atMost(LIMIT)
                .until(
                        () ->
                                pcscd.run(Program.HOME, "opensc-tool", "--list-readers")
                                        .out()
                                        .lines()
                                        .filter(line -> line.endsWith(CardInReader.READER))
                                        .anyMatch(line -> line.contains(there ? " Yes " : " No ")));
    }

    /// Has another program try a wrong PIN.
    ///
    /// @param in where it runs
    public void tries(Path in, String wrong) throws Exception {
        var ran =
                pcscd.run(
                        in,
                        "yubico-piv-tool",
                        "-r",
                        CardInReader.READER,
                        "-a",
                        "verify-pin",
                        "-P",
                        wrong);
        if (ran.exit() == 0) {
            throw new AssertionError("the PIN was right");
        }
    }

    /// How many PINs came, from whichever program.
    public int pinsSeen() {
        return card.pinsSeen();
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
