package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A device shows its hardware where the server wants that, and says how its key is kept.
class ProvingTest {
    private static final String IDENTITY = "/identity";

    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;
    private FakeProver prover;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
        prover = server.behind.prover;
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    /// A TPM that answers one question.
    private static final class AnsweringTpm implements HardwareEvidence.Tpm {
        @Override
        public Bytes claim() {
            return FakeProver.CLAIM;
        }

        @Override
        public Bytes answer(Bytes challenge) throws Refused {
            if (!challenge.equals(FakeProver.CHALLENGE)) {
                throw new Refused(FailureKind.INTERNAL, "Another question.");
            }
            return FakeProver.ANSWER;
        }
    }

    private static HardwareEvidence card() {
        return new HardwareEvidence.Piv(FakeProver.CLAIM, FakeProver.ANSWER);
    }

    @Test
    void flawOfAProofIsToldInTheServersSentence() {
        prover.flaw = "The key may leave its TPM.";
        refused(
                FailureKind.HARDWARE_NOT_PROVED,
                "The key may leave its TPM.",
                () -> pairing.session.prove(new AnsweringTpm()));
        refused(FailureKind.HARDWARE_NOT_PROVED, "may leave", () -> pairing.session.prove(card()));
    }

    @Test
    void anotherVerdictThanProvedIsNoAnswer() {
        prover.verdict = "HARDWARE_CLAIMED";
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "another verdict",
                () -> pairing.session.prove(new AnsweringTpm()));
    }

    @Test
    void tpmIsAskedAndAnswers() throws Exception {
        pairing.session.prove(new AnsweringTpm());
        assertThat(prover.steps).containsExactly("tpm claim", "tpm answer");
    }

    @Test
    void cardShowsItsStatementInOneStep() throws Exception {
        pairing.session.prove(card());
        assertThat(prover.steps).containsExactly("piv");
        assertThat(card().toString()).isEqualTo("Piv");
    }

    @Test
    void serverThatSaysNothingWantsNoProof() {
        assertThat(pairing.session.wantsProof()).isEmpty();
    }

    @Test
    void wantedProofsAreReadAndUnknownOnesPassedOver() throws Exception {
        server.lies.put(
                IDENTITY,
                tree -> {
                    var wanted = tree.putArray("proof");
                    wanted.add("moon").add("piv").add("tpm");
                    return tree;
                });
        try (var session = pairing.newSession()) {
            assertThat(session.wantsProof()).containsExactly(ProofKind.TPM, ProofKind.PIV);
        }
        server.lies.put(IDENTITY, tree -> tree.put("proof", "tpm"));
        refused(FailureKind.PROTOCOL_BROKEN, "proof", () -> pairing.newSession().close());
    }

    /// A key that says how it is kept.
    private record Said(DeviceSigner key, DeviceVerdict said) implements DeviceSigner {
        @Override
        public ECPublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            return key.sign(message);
        }

        @Override
        public Optional<DeviceVerdict> verdict() {
            return Optional.of(said);
        }
    }

    private String enrolled(DeviceSigner device) throws Exception {
        var enrolment =
                new Enrolment(
                        server.invitation(),
                        device,
                        Clock.systemUTC(),
                        new SecureRandom(),
                        Pairing.FEW);
        try (var share = Secret.owning(new byte[32]);
                var pin = Pin.of("246810".toCharArray());
                var none = Secret.owning(new byte[0])) {
            return enrolment.prepare(share, pin, none, List.of()).request().utf8();
        }
    }

    @Test
    void enrolmentSaysHowTheKeyIsKept() throws Exception {
        var key = FakeServer.newKey();
        assertThat(enrolled(key)).doesNotContain("verdict");
        assertThat(enrolled(new Said(key, DeviceVerdict.SOFTWARE_PASSPHRASE)))
                .contains("\"verdict\":\"SOFTWARE_PASSPHRASE\"");
    }

    @Test
    void joiningSaysHowTheKeyIsKept() throws Exception {
        var devices = new Devices(pairing.session, pairing.journal(), new SecureRandom());
        var key = new Said(FakeServer.newKey(), DeviceVerdict.HARDWARE_CLAIMED);
        var joining =
                new Joining(
                        devices.address(), key, Clock.systemUTC(), new SecureRandom(), Pairing.FEW);
        try (var share = Secret.owning(new byte[32]);
                var pin = Pin.of("246810".toCharArray())) {
            assertThat(joining.ask(share, pin, List.of()).request().utf8())
                    .contains("\"verdict\":\"HARDWARE_CLAIMED\"");
        }
    }
}
