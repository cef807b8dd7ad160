package dev.custodian.device;

import dev.custodian.device.piv.CardConnection;
import dev.custodian.device.piv.CardReader;
import dev.custodian.device.piv.PivCard;
import dev.custodian.device.piv.PivException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The card in a reader, connected to anew when it was pulled and put in again; always the same
/// card. For one thread.
final class PivConnection {
    static final String ANOTHER_CARD = "Another card is in the reader now.";

    private final CardReader reader;
    private final SecureRandom random;
    private @Nullable CardConnection connection;
    private @Nullable PivCard card;
    private String serial = "";
    private final AtomicInteger pins = new AtomicInteger();

    PivConnection(CardReader reader, SecureRandom random) {
        this.reader = reader;
        this.random = random;
    }

    /// Something to do with a card.
    interface Work<T> {
        T run(PivCard card) throws IOException, DeviceException;
    }

    /// Does it, once more when the connection turns out to be broken.
    <T> T run(Work<T> work) throws DeviceException {
        try {
            return work.run(card());
        } catch (IOException e) {
            if (!isStale(e)) {
                throw PivFailures.of(e);
            }
            close();
            return once(work);
        }
    }

    /// Does it once: a wrong PIN must not be counted twice.
    <T> T once(Work<T> work) throws DeviceException {
        try {
            return work.run(card());
        } catch (IOException e) {
            if (isStale(e)) {
                close();
            }
            throw PivFailures.of(e);
        }
    }

    private static boolean isStale(IOException e) {
        return !(e instanceof PivException answer)
                || switch (answer.meaning()) {
                    case CARD_GONE,
                            CARD_RESET,
                            READER_GONE,
                            SERVICE_GONE,
                            COMMUNICATION,
                            ANOTHER_CARD ->
                            true;
                    default -> false;
                };
    }

    /// The card's number; empty when it says none.
    String serial() {
        return serial;
    }

    /// How often the card's PIN became another one, as far as it was noticed here. For any thread.
    int pins() {
        return pins.get();
    }

    /// Whoever holds the card's PIN holds a former one. For any thread.
    void pinBecameAnother() {
        pins.incrementAndGet();
    }

    private PivCard card() throws IOException, DeviceException {
        var known = card;
        if (known == null) {
            close();
            var fresh = reader.connect();
            connection = fresh;
            known = new PivCard(fresh, random);
            requireSame(known);
            card = known;
        }
        return known;
    }

    private void requireSame(PivCard fresh) throws IOException, DeviceException {
        var told = fresh.serial();
        var number = told.isPresent() ? Long.toString(told.getAsLong()) : "";
        if (!serial.isEmpty() && !serial.equals(number)) {
            throw new DeviceException(DeviceFailure.KEY_FOREIGN, ANOTHER_CARD);
        }
        serial = number;
    }

    void close() {
        var open = connection;
        connection = null;
        card = null;
        if (open != null) {
            open.close();
        }
    }
}
