package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Secret;
import dev.custodian.core.identity.Invitation;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EnrolmentTest {
    private final EphemeralKey device = FakeServer.newKey();
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void newcomerBecomesAnOwnerWithADevice() throws Exception {
        var enrolled = enrol(server.invitation());

        assertThat(enrolled.owner()).isEqualTo(server.behind.owner);
        assertThat(enrolled.device()).isEqualTo(server.behind.device);
        assertThat(enrolled.remembered().chain(enrolled.owner()).newest().seq()).isEqualTo(1);
        assertThat(enrolled.remembered().chain(enrolled.owner()).proven()).isTrue();
        assertThat(enrolled.remembered().checkpoint().size()).isEqualTo(5);
    }

    @Test
    void codeIsNotSentToAnotherIdentity() {
        var other = new Invitation(server.root(), server.behind.code, server.random(32));

        refused(FailureKind.IDENTITY_CHANGED, "you paired with", () -> enrol(other));
        assertThat(server.asked).containsOnly("/identity");
        assertThat(server.bodies).containsOnly(Bytes.EMPTY);
    }

    @Test
    void codeIsNotSentToAnotherCertificate() {
        server.tlsAlias = "tls2";

        refused(FailureKind.TLS_NOT_VOUCHED, "not among", () -> enrol(server.invitation()));
        assertThat(server.asked).containsOnly("/identity");
    }

    @Test
    void lostAnswerCostsNoInvitation() throws Exception {
        server.mishaps.put("/enrol", List.of(0, 503));

        assertThat(enrol(server.invitation()).device()).isEqualTo(server.behind.device);
    }

    /// The agent was killed over the first one's answer, and prepared another.
    @Test
    void earlierRequestOfTheSameDeviceMayBeTheOneThatCounts() throws Exception {
        var enrolment =
                new Enrolment(
                        server.invitation(),
                        device,
                        Clock.systemUTC(),
                        new SecureRandom(),
                        Pairing.FEW);
        try (var share = Secret.owning(new byte[32]);
                var none = Secret.owning(new byte[0]);
                var pin = Pin.of("246810".toCharArray())) {
            var first = enrolment.prepare(share, pin, none, List.of());
            var second = enrolment.prepare(share, pin, none, List.of());
            enrolment.send(first);

            refused(
                    FailureKind.JOURNAL_BROKEN,
                    "not about this device",
                    () -> enrolment.send(second));
            assertThat(enrolment.send(second.after(first)).device())
                    .isEqualTo(server.behind.device);
        }
    }

    @Test
    void recordOfAnotherEnrolmentIsRefused() {
        lie(answer -> answer.put("device", server.id(dev.custodian.core.Id.Kind.DEVICE).text()));

        refused(
                FailureKind.JOURNAL_BROKEN,
                "not about this device",
                () -> enrol(server.invitation()));
    }

    @Test
    void recordOfAnotherOwnerIsRefused() {
        lie(answer -> answer.put("owner", server.id(dev.custodian.core.Id.Kind.OWNER).text()));

        refused(FailureKind.JOURNAL_BROKEN, "another chain", () -> enrol(server.invitation()));
    }

    @Test
    void wrongProofIsRefused() {
        lie(answer -> answer.putArray("proof").add(server.random(32).base64Url()));

        refused(FailureKind.JOURNAL_BROKEN, "not in the journal", () -> enrol(server.invitation()));
    }

    @Test
    void usedUpInvitationIsRefusedInTheServersWords() {
        server.mishaps.put("/enrol", List.of(403));

        refused(FailureKind.MALFORMED_REQUEST, "HTTP 403", () -> enrol(server.invitation()));
    }

    private void lie(Consumer<ObjectNode> lie) {
        server.lies.put(
                "/enrol",
                answer -> {
                    lie.accept(answer);
                    return answer;
                });
    }

    private Enrolment.Enrolled enrol(Invitation invitation) throws Exception {
        var enrolment =
                new Enrolment(
                        invitation, device, Clock.systemUTC(), new SecureRandom(), Pairing.FEW);
        try (var share = Secret.owning(new byte[32]);
                var pin = Pin.of("246810".toCharArray())) {
            return enrolment.enrol(share, pin, List.of());
        }
    }
}
