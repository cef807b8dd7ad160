package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a TPM that others wrote said once: swtpm, recorded by `AttestationVectors` of the
/// end-to-end tests with the challenge and the secret in it.
class SwtpmVectorsTest {
    private static final Instant RECORDED = Instant.parse("2026-11-27T14:00:00Z");

    /// Octets by their names.
    private record Recorded(Map<String, Bytes> values) {
        Bytes get(String name) {
            return Objects.requireNonNull(values.get(name), name);
        }
    }

    private static Recorded vector(String kind) throws IOException {
        var values = new HashMap<String, Bytes>();
        try (var in = SwtpmVectorsTest.class.getResourceAsStream("swtpm/swtpm-" + kind + ".txt")) {
            assertThat(in).isNotNull();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .forEach(line -> values.put(line[0], Bytes.fromHex(line[1])));
        }
        return new Recorded(values);
    }

    private static X509Certificate certificate(Bytes der) {
        return FakeMaker.certificate(der);
    }

    private static Endorsement endorsement(Recorded vector, Instant at) throws NotProvedException {
        var authorities =
                List.of(
                        new Authority("root", "", certificate(vector.get("root")), true, false),
                        new Authority("below", "", certificate(vector.get("below")), false, false));
        return TpmAttestation.endorsement(
                TpmAttestation.claim(vector.get("claim")), authorities, at);
    }

    private static OpenChallenge open(Recorded vector)
            throws NotProvedException, MalformedException {
        return new OpenChallenge(
                endorsement(vector, RECORDED),
                Challenge.decode(vector.get("challenge")),
                Secret.owning(vector.get("key").toArray()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA-2048", "P-384"})
    void answerOfTheSimulatedTpmProvesItsKey(String kind) throws Exception {
        var vector = vector(kind);
        try (var open = open(vector)) {
            var area = TpmAttestation.claim(vector.get("claim")).keyArea();
            var proof = TpmAttestation.proof(open, area, vector.get("answer"));
            assertThat(proof.publicKey()).isEqualTo(vector.get("public"));
            assertThat(proof.endorsement().algorithm().display()).isEqualTo(kind);
            assertThat(proof.endorsement().maker())
                    .isEqualTo(new TpmMaker("id:00001014", "swtpm", "id:20191023"))
                    .returns(true, TpmMaker::simulated);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA-2048", "P-384"})
    void answerToOneQuestionIsNoneToAnother(String kind) throws Exception {
        var vector = vector(kind);
        var area = TpmAttestation.claim(vector.get("claim")).keyArea();
        var other = kind.equals("P-384") ? "RSA-2048" : "P-384";
        try (var open = open(vector)) {
            var answer = vector(other).get("answer");
            assertThatThrownBy(() -> TpmAttestation.proof(open, area, answer))
                    .isInstanceOfSatisfying(
                            NotProvedException.class,
                            e -> assertThat(e.flaw()).isEqualTo(Flaw.ANSWER_FORGED));
        }
    }

    /// Of what a device sends, no octet can be altered and the key still be proved.
    @ParameterizedTest
    @ValueSource(strings = {"RSA-2048", "P-384"})
    void noOctetOfAnswerOrKeyCanBeAltered(String kind) throws Exception {
        var vector = vector(kind);
        var area = TpmAttestation.claim(vector.get("claim")).keyArea();
        var answer = vector.get("answer");
        try (var open = open(vector)) {
            for (int i = 0; i < answer.size(); i++) {
                var altered = altered(answer, i);
                assertThatThrownBy(() -> TpmAttestation.proof(open, area, altered))
                        .as("octet %s of the answer", i)
                        .isInstanceOf(NotProvedException.class);
            }
            for (int i = 0; i < area.size(); i++) {
                var altered = altered(area, i);
                assertThatThrownBy(() -> TpmAttestation.proof(open, altered, answer))
                        .as("octet %s of the key", i)
                        .isInstanceOf(NotProvedException.class);
            }
        }
    }

    private static Bytes altered(Bytes octets, int at) {
        var array = octets.toArray();
        array[at] ^= 1;
        return Bytes.of(array);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA-2048", "P-384"})
    void certificateIsNotValidBeforeItWasMade(String kind) throws Exception {
        var vector = vector(kind);
        assertThatThrownBy(() -> endorsement(vector, Instant.parse("2026-11-26T00:00:00Z")))
                .isInstanceOfSatisfying(
                        NotProvedException.class,
                        e -> assertThat(e.flaw()).isEqualTo(Flaw.CERTIFICATE_EXPIRED));
    }
}
