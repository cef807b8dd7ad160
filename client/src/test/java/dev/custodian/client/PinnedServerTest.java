package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Scheme;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedServerTest {
    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    @Test
    void pinnedIdentityIsBelieved() throws Exception {
        assertThat(meet().identity().thumbprint()).isEqualTo(server.thumbprint());
    }

    @Test
    void otherIdentityIsRefused() {
        var impostor = FakeServer.newKey();
        server.statedIdentity = impostor;
        server.statementSigner = impostor;

        refused(
                FailureKind.IDENTITY_CHANGED,
                "you paired with " + server.thumbprint().base64Url(),
                this::meet);
    }

    @Test
    void identityThatDidNotSignIsRefused() {
        server.statementSigner = FakeServer.newKey();

        refused(
                FailureKind.IDENTITY_CHANGED,
                "not signed by the identity that it names",
                this::meet);
    }

    @Test
    void certificateThatIsNotVouchedForIsRefusedAtFirstContact() {
        server.tlsAlias = "tls2";

        refused(FailureKind.TLS_NOT_VOUCHED, "not among those that its identity names", this::meet);
    }

    @Test
    void nothingSecretIsSentToACertificateThatIsNotVouchedFor() throws Exception {
        pairing.session.close();
        pairing.session = pairing.newSession();
        server.asked.clear();
        server.tlsAlias = "tls2";

        refused(
                FailureKind.TLS_NOT_VOUCHED,
                "not among those that its identity names",
                () -> new Credentials(pairing.session).list());
        assertThat(server.asked).containsOnly("/identity");
    }

    @Test
    void renewedCertificateThatIsVouchedForIsBelieved() throws Exception {
        server.tlsAlias = "tls2";
        server.vouchedFor = List.of("tls2");

        assertThat(new Credentials(pairing.newSession()).list()).hasSize(2);
    }

    @Test
    void certificateRenewedDuringASessionIsBelieved() throws Exception {
        var session = pairing.newSession();
        server.tlsAlias = "tls2";
        server.vouchedFor = List.of("tls2");

        assertThat(new Credentials(session).list()).hasSize(2);
    }

    @Test
    void statementThatRanOutIsRefused() {
        server.clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(-2));

        refused(FailureKind.TLS_NOT_VOUCHED, "ran out at", this::meet);
    }

    @Test
    void statementIsRenewedBeforeItRunsOut() throws Exception {
        server.lifetime = 1;
        var clock = new TestClock();
        var known = pairing.memory.now();
        var pinned = PinnedServer.meet(known.server(), known.thumbprint(), clock);
        var session =
                new DeviceSession(
                        pinned, pairing.memory, pairing.device, server.random, Pairing.FEW, null);
        server.asked.clear();
        clock.now = clock.now.plus(Duration.ofMinutes(6));
        server.clock = clock;

        assertThat(new Credentials(session).list()).hasSize(2);
        assertThat(server.asked.peek()).isEqualTo("/identity");
    }

    @Test
    void activationKeyThatTheIdentityDoesNotVouchForIsRefused() throws Exception {
        var request =
                pairing.request(dev.custodian.core.SignatureScheme.of(Scheme.ECDSA_SHA256), "one");
        server.statementSigner = FakeServer.newKey();
        refused(
                FailureKind.ACTIVATION_KEY_NOT_VOUCHED,
                "not signed by the identity that it names",
                () -> pairing.sign(request));

        server.statedIdentity = server.statementSigner;
        refused(
                FailureKind.ACTIVATION_KEY_NOT_VOUCHED,
                "you paired with",
                () -> pairing.sign(request));

        server.statedIdentity = server.identity;
        server.statementSigner = server.identity;
        server.clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(-2));
        server.replayed = server.statement();
        server.clock = Clock.systemUTC();
        refused(FailureKind.ACTIVATION_KEY_NOT_VOUCHED, "ran out at", () -> pairing.sign(request));
        assertThat(server.asked)
                .as("no factors were sent")
                .doesNotContain("/csc/v2/credentials/authorize");
    }

    @Test
    void wrongClockOfThisMachineDoesNotMatter() throws Exception {
        server.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(4));

        assertThat(new Credentials(pairing.newSession()).list()).hasSize(2);
    }

    @Test
    void redirectIsNotFollowed() {
        server.mishaps.put("/identity", List.of(302));

        refused(FailureKind.PROTOCOL_BROKEN, "HTTP 302", this::meet);
    }

    @Test
    void answerWithoutIdentityIsRefused() {
        server.lies.put(
                "/identity",
                answer -> {
                    answer.remove("identity");
                    return answer;
                });
        refused(FailureKind.PROTOCOL_BROKEN, "identity is not a text", this::meet);

        server.lies.put("/identity", answer -> answer.put("identity", "e30.e30.e30"));
        refused(FailureKind.PROTOCOL_BROKEN, "identity statement", this::meet);
    }

    @Test
    void answerWithoutEndIsCutOff() {
        server.lies.put("/identity", answer -> answer.put("more", "x".repeat(9 << 20)));

        refused(FailureKind.PROTOCOL_BROKEN, "longer than 8 MiB", this::meet);
    }

    @Test
    void serverThatIsNotThereIsNamed() {
        var gone = server.root();
        server.close();

        refused(
                FailureKind.SERVER_UNREACHABLE,
                "Nothing listens at " + gone.getAuthority(),
                () -> PinnedServer.meet(gone, server.thumbprint(), Clock.systemUTC()));
    }

    @Test
    void serverThatNeverAnswersIsGivenUp() throws Exception {
        try (var silent =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var root = URI.create("https://127.0.0.1:" + silent.getLocalPort());

            refused(
                    FailureKind.SERVER_UNREACHABLE,
                    "no whole answer within 1 seconds",
                    () ->
                            PinnedServer.meet(
                                    root,
                                    server.thumbprint(),
                                    Clock.systemUTC(),
                                    Duration.ofSeconds(1)));
        }
    }

    private PinnedServer meet() throws Exception {
        return PinnedServer.meet(server.root(), server.thumbprint(), Clock.systemUTC());
    }
}
