package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PivStore;
import dev.custodian.device.testing.SomeCertificate;
import dev.custodian.it.Times;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a key on a card takes to be made, opened and used by our store and by the programs of
/// others, by turns on one simulated card. `make bench` runs it; it asserts that all was signed,
/// and no speed.
class CardSpeed {
    private static final Path FIGURES = Path.of("target/card-speed.txt");
    private static final int ROUNDS = 5;
    private static final int EACH = 10;

    @TempDir Path scratch;

    private final Times times = new Times();

    @Test
    void besideProgramsOfOthers() throws Exception {
        try (var in = CardInReader.of(SimulatedPivCard.Kind.YUBICO);
                var management = CardInReader.managementKey();
                var store = PivStore.open(CardInReader.reader(), management)) {
            for (int round = 0; round < ROUNDS; round++) {
                ours(store);
                others(in);
            }
        }
        assertThat(times.count("OpenSC, a process: open and sign")).isEqualTo(ROUNDS * EACH);
        times.write(
                FIGURES,
                "A key on a card, P-256, behind the card's PIN; card and reader are simulated:");
    }

    /// Leaves a key with a certificate in slot 9a, which OpenSC wants to see before it signs.
    private void ours(PivStore store) throws Exception {
        for (int i = 0; i < EACH; i++) {
            var digest = Hashes.sha256(Bytes.utf8("letter " + i));
            for (var former : store.list()) {
                store.delete(former);
            }
            try (var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
                times.take(
                        "ours: create",
                        () -> store.create(new KeySpec("9a", KeyType.P256), pin).close());
            }
            var uri = store.list().getFirst();
            times.take("ours: open", () -> store.open(uri).close());
            try (var key = store.open(uri);
                    var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
                key.ability(PinProtected.class)
                        .orElseThrow()
                        .unlock(pin, new PinProtected.PinPolicy.Session());
                times.take("ours: sign", () -> key.sign(Scheme.ECDSA_SHA256, digest));
                key.ability(CertificateHolding.class)
                        .orElseThrow()
                        .keep(List.of(SomeCertificate.of(key.publicKey(), "Ada")));
            }
        }
    }

    private void others(CardInReader in) throws Exception {
        for (int i = 0; i < EACH; i++) {
            Files.write(
                    scratch.resolve("digest"), Hashes.sha256(Bytes.utf8("letter " + i)).toArray());
            Files.deleteIfExists(scratch.resolve("signature"));
            program(
                    in,
                    "OpenSC, a process: open",
                    "pkcs15-tool --read-public-key 01".split(" ", -1));
            program(
                    in,
                    "OpenSC, a process: open and sign",
                    "pkcs11-tool --sign --id 01 -m ECDSA -i digest -o signature --login --pin"
                            .split(" ", -1),
                    SimulatedPivCard.PIN);
            assertThat(scratch.resolve("signature")).isNotEmptyFile();
            // OpenSC 0.23 makes a P-256 key and then ends as if it had not.
            program(
                    in,
                    "yubico-piv-tool, a process: create",
                    "yubico-piv-tool -a generate -s 9c -A ECCP256 -o made -r".split(" ", -1),
                    CardInReader.READER);
            assertThat(scratch.resolve("made")).isNotEmptyFile();
        }
    }

    private void program(CardInReader in, String name, String[] words, String... more)
            throws Exception {
        var line = Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
        times.take(name, () -> in.run(scratch, line).orFail());
    }
}
