package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.device.piv.CardReader;
import dev.custodian.device.piv.PivAlgorithm;
import dev.custodian.device.piv.PivCard;
import dev.custodian.device.piv.PivException;
import dev.custodian.device.piv.Slot;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A process that loses the smart-card service between two signatures: no other process can survive
/// that, so it is not that of the tests.
final class LosingProgram {
    private LosingProgram() {}

    /// Signs, waits for a line, signs again and says what came of it.
    public static void main(String[] arguments) throws IOException {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> CardReader.all().stream().anyMatch(LosingProgram::hasCard));
        var reader = CardReader.all().stream().filter(LosingProgram::hasCard).findFirst();
        try (var connection = reader.orElseThrow().connect();
                var key = CardInReader.managementKey();
                var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
            var card = new PivCard(connection, new SecureRandom());
            var made = card.generate(Slot.AUTHENTICATION, PivAlgorithm.P256, key);
            var digest = Bytes.of(new byte[32]);
            System.out.println(
                    "signed"
                            .substring(
                                    0,
                                    card.sign(made, Scheme.ECDSA_SHA256, digest, pin).size() / 10));
            var _ = System.in.read();
            try {
                System.out.println(card.sign(made, Scheme.ECDSA_SHA256, digest, pin));
            } catch (PivException e) {
                System.out.println("gone " + e.meaning());
            }
        }
        try {
            System.out.println("then " + (CardReader.all().isEmpty() ? "none" : "some"));
        } catch (PivException e) {
            System.out.println("then " + e.meaning());
        }
    }

    private static boolean hasCard(CardReader reader) {
        try {
            return reader.hasCard();
        } catch (IOException e) {
            return false;
        }
    }

    /// What it said, a line each; the service ends after the first.
    static List<String> run(Pcscd pcscd) throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LosingProgram.class.getName())
                        .redirectError(Redirect.INHERIT);
        builder.environment().putAll(pcscd.environment());
        var process = builder.start();
        var said = new ArrayList<String>();
        try (var out = process.inputReader(StandardCharsets.UTF_8);
                var in = process.outputWriter(StandardCharsets.UTF_8)) {
            said.add(String.valueOf(out.readLine()));
            pcscd.close();
            in.write("\n");
            in.flush();
            said.addAll(out.lines().toList());
        }
        var _ = process.waitFor();
        return said;
    }
}
