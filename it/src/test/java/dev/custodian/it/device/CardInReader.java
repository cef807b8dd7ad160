package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.core.Secret;
import dev.custodian.device.piv.CardConnection;
import dev.custodian.device.piv.CardReader;
import dev.custodian.device.piv.PivCard;
import dev.custodian.it.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/// A simulated card in the virtual reader of this process, with our client connected to it.
final class CardInReader implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Its name.
    static final String READER = "Virtual PCD 00 00";

    private final Pcscd pcscd;
    private final SimulatedPivCard simulated;
    private final Vpcd slot;
    private CardConnection connection;
    private PivCard card;

    private CardInReader(
            Pcscd pcscd,
            SimulatedPivCard simulated,
            Vpcd slot,
            CardConnection connection,
            PivCard card) {
        this.pcscd = pcscd;
        this.simulated = simulated;
        this.slot = slot;
        this.connection = connection;
        this.card = card;
    }

    static CardInReader of(SimulatedPivCard.Kind kind) throws IOException {
        return of(new SimulatedPivCard(kind));
    }

    static CardInReader of(SimulatedPivCard simulated) throws IOException {
        var pcscd = Pcscd.shared();
        var slot = new Vpcd(pcscd.port(), simulated);
        slot.insert();
        try {
            var connection = connect();
            var card = new PivCard(connection, new SecureRandom());
            return new CardInReader(pcscd, simulated, slot, connection, card);
        } catch (IOException | RuntimeException e) {
            // a card that stays keeps the next one out
            slot.close();
            throw e;
        }
    }

    static CardReader reader() throws IOException {
        return CardReader.all().stream()
                .filter(one -> one.name().equals(READER))
                .findFirst()
                .orElseThrow();
    }

    private static CardConnection connect() throws IOException {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> reader().hasCard());
        return reader().connect();
    }

    /// Puts the card in again after it was pulled.
    void insertAgain() throws IOException {
        connection.close();
        awaitAbsence();
        slot.insert();
        connection = connect();
        card = new PivCard(connection, new SecureRandom());
    }

    void pull() {
        slot.pull();
        awaitAbsence();
    }

    private static void awaitAbsence() {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> !reader().hasCard());
    }

    PivCard card() {
        return card;
    }

    SimulatedPivCard simulated() {
        return simulated;
    }

    static Secret secret(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    static Secret managementKey() {
        return Secret.owning(SimulatedManagement.KEY.toArray());
    }

    /// Runs a program of others with this card, in a folder.
    Program.Ran run(Path in, String... line) throws IOException, InterruptedException {
        return pcscd.run(in, line);
    }

    @Override
    public void close() {
        connection.close();
        slot.close();
        awaitAbsence();
    }
}
