package dev.custodian.link;

import static dev.custodian.link.AgentSocketTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client against agents that keep the protocol; [HostileAgentTest] has the others.
@Timeout(60)
class LinkClientTest {
    static final Duration LONG = Duration.ofSeconds(30);
    static final LinkClient.Patience PATIENT = new LinkClient.Patience(LONG, LONG, LONG);
    private static final Request.Hello HELLO = new Request.Hello("test", "1");

    @TempDir Path scratch;

    static LinkClient connect(Path folder, LinkClient.Patience patience) throws Exception {
        return LinkClient.connect(AgentSocketTest.in(folder), HELLO, patience);
    }

    private FakeAgent agent(FakeAgent.Script script) throws Exception {
        return new FakeAgent(scratch, script);
    }

    @Test
    void whereNobodyListensTheAgentDoesNotRun() throws Exception {
        refused(FailureKind.AGENT_UNREACHABLE, "Nobody", () -> connect(scratch, PATIENT));
        Files.createFile(scratch.resolve("agent.sock"));
        refused(FailureKind.AGENT_UNREACHABLE, "Nobody", () -> connect(scratch, PATIENT));
        Files.delete(scratch.resolve("agent.sock"));
        // the socket of an agent that was killed stays
        agent(_ -> {}).close();
        assertThat(scratch.resolve("agent.sock")).exists();
        refused(FailureKind.AGENT_UNREACHABLE, "Nobody", () -> connect(scratch, PATIENT));
    }

    @Test
    void signaturesComeInTheOrderOfTheDigests() throws Exception {
        var request = Examples.sign(3, LONG);
        var signatures = List.of(Bytes.of((byte) 1), Bytes.of((byte) 2), Bytes.of((byte) 3));
        try (var agent =
                        agent(
                                program -> {
                                    var asked = program.next();
                                    assertThat(asked.message()).isEqualTo(request);
                                    program.answer(asked, new Answer.Signatures(signatures));
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.sign(request)).isEqualTo(signatures);
            agent.played();
        }
    }

    @Test
    void listIsPutTogetherOfItsPages() throws Exception {
        var all = new ArrayList<Credential>();
        for (int i = 1; i <= 150; i++) {
            all.add(Examples.credential(i, 16_000));
        }
        all.sort(Comparator.comparing(Credential::id));
        var purposes = Set.of(Purpose.DOCUMENT, Purpose.LOGIN);
        try (var agent =
                        agent(
                                program -> {
                                    for (int page = 0; page < 3; page++) {
                                        var asked = program.next();
                                        var list = (Request.ListCredentials) asked.message();
                                        program.answer(asked, Answer.Credentials.of(all, list));
                                    }
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.credentials(purposes)).isEqualTo(all);
            agent.played();
        }
    }

    @Test
    void sessionIsBegunChangedAndEnded() throws Exception {
        var join = new Request.Join("https://h/join#x", "desk", LONG);
        var owner = Examples.id(Id.Kind.OWNER, 1);
        var device = Examples.id(Id.Kind.DEVICE, 1);
        var devices = new Answer.Devices("https://h/join#x", List.of(), List.of(), Instant.EPOCH);
        try (var agent =
                        agent(
                                program -> {
                                    var waiting = new Answer.Waiting("123 456", Instant.EPOCH);
                                    program.answer(program.next(), waiting);
                                    var asked = program.next();
                                    assertThat(asked.message()).isEqualTo(join);
                                    program.answer(asked, new Answer.Enrolled(owner, device));
                                    for (var state :
                                            List.of(
                                                    SessionState.LOGGED_IN,
                                                    SessionState.LOGGED_OUT)) {
                                        program.answer(program.next(), new Answer.Session(state));
                                    }
                                    program.answer(program.next(), devices);
                                    for (int i = 0; i < 4; i++) {
                                        program.answer(program.next(), new Answer.DevicesChanged());
                                    }
                                    program.answer(program.next(), new Answer.PinChanged());
                                    program.answer(
                                            program.next(), new Answer.Enrolled(owner, device));
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.join(join)).isInstanceOf(Answer.Waiting.class);
            assertThat(client.join(join)).isEqualTo(new Answer.Enrolled(owner, device));
            assertThat(client.login()).isEqualTo(SessionState.LOGGED_IN);
            assertThat(client.logout()).isEqualTo(SessionState.LOGGED_OUT);
            assertThat(client.devices()).isEqualTo(devices);
            client.approve(new Request.ApproveDevice(device, LONG));
            client.refuse(device);
            client.remove(new Request.RemoveDevice(device, LONG));
            client.stopRecovery(new Request.StopRecovery(LONG));
            client.changePin(new Request.ChangePin(LONG));
            assertThat(client.recover(new Request.Recover("", "desk", LONG)))
                    .isInstanceOf(Answer.Enrolled.class);
            agent.played();
        }
    }

    @Test
    void answerToJoinThatIsNoneEndsTheConnection() throws Exception {
        try (var _ = agent(program -> program.answer(program.next(), new Answer.PinChanged()));
                var client = connect(scratch, PATIENT)) {
            refused(
                    FailureKind.AGENT_BROKEN,
                    "something else",
                    () -> client.recover(new Request.Recover("", "desk", LONG)));
        }
    }

    @Test
    void credentialIsFoundByNameAndById() throws Exception {
        var credential = Examples.credential(1, 100);
        try (var agent =
                        agent(
                                program -> {
                                    program.answer(
                                            program.next(), new Answer.OneCredential(credential));
                                    program.answer(
                                            program.next(), new Answer.OneCredential(credential));
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.credential("work 1")).isEqualTo(credential);
            assertThat(client.credential(credential.id().text())).isEqualTo(credential);
            agent.played();
        }
    }

    @Test
    void everyOtherQuestionHasItsAnswer() throws Exception {
        var standing =
                new Answer.Standing(
                        SessionState.UNREACHABLE, List.of(new Answer.Line("server", "none")));
        var check = new Answer.Check("server", Answer.Check.Outcome.BROKEN, "Gone.", "Start it.");
        var grant = new Request.GrantConsent("work", 0, 9, Duration.ofMinutes(5), LONG);
        try (var agent =
                        agent(
                                program -> {
                                    program.answer(program.next(), standing);
                                    program.answer(
                                            program.next(), new Answer.Diagnosis(List.of(check)));
                                    program.answer(program.next(), new Answer.Synced(7));
                                    var taken = program.next();
                                    assertThat(taken.message()).isEqualTo(new Request.Unsync());
                                    program.answer(taken, new Answer.Unsynced());
                                    program.answer(
                                            program.next(),
                                            new Answer.Consents(List.of(Examples.CONSENT)));
                                    var asked = program.next();
                                    assertThat(asked.message()).isEqualTo(grant);
                                    program.answer(asked, new Answer.Granted(Examples.CONSENT));
                                    program.answer(program.next(), new Answer.Forgotten());
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.status()).isEqualTo(standing);
            assertThat(client.doctor()).containsExactly(check);
            assertThat(client.sync()).isEqualTo(7);
            client.unsync();
            assertThat(client.consents()).containsExactly(Examples.CONSENT);
            assertThat(client.grant(grant)).isEqualTo(Examples.CONSENT);
            client.forget(Examples.CONSENT_ID);
            agent.played();
        }
    }

    @Test
    void refusalIsTheAgentsAndTheConnectionGoesOn() throws Exception {
        var locked = new Refused(FailureKind.DEVICE_LOCKED, "Since noon.");
        try (var agent =
                        agent(
                                program -> {
                                    program.answer(program.next(), Answer.Failure.of(locked));
                                    program.answer(program.next(), new Answer.Synced(1));
                                });
                var client = connect(scratch, PATIENT)) {
            refused(
                    FailureKind.DEVICE_LOCKED,
                    "Since noon.",
                    () -> client.sign(Examples.sign(1, LONG)));
            assertThat(client.sync()).isEqualTo(1);
            agent.played();
        }
    }

    @Test
    void whatTheAgentCannotReadEndsTheConnection() throws Exception {
        var unread = Answer.Failure.of(new Refused(FailureKind.MALFORMED_REQUEST));
        try (var agent =
                        agent(
                                program -> {
                                    program.next();
                                    program.send(new Frame(0, unread).encode());
                                    assertThat(program.leaves()).isTrue();
                                });
                var client = connect(scratch, PATIENT)) {
            refused(FailureKind.MALFORMED_REQUEST, "", client::sync);
            refused(FailureKind.AGENT_UNREACHABLE, "closed", client::sync);
            agent.played();
        }
    }

    /// Runs a signing in another thread; gives what refused it.
    private static CompletableFuture<Refused> refusalOf(LinkClient client) {
        var refusal = new CompletableFuture<Refused>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                client.sign(Examples.sign(1, LONG));
                                refusal.completeExceptionally(new AssertionError("it signed"));
                            } catch (Refused e) {
                                refusal.complete(e);
                            }
                        });
        return refusal;
    }

    @Test
    void cancelledRequestIsRefusedAndTheConnectionGoesOn() throws Exception {
        var waiting = new CompletableFuture<Void>();
        try (var agent =
                        agent(
                                program -> {
                                    var asked = program.next();
                                    waiting.complete(null);
                                    var cancel = program.next();
                                    assertThat(cancel)
                                            .isEqualTo(
                                                    new Frame(
                                                            asked.request(), new Request.Cancel()));
                                    program.answer(
                                            asked,
                                            Answer.Failure.of(new Refused(FailureKind.CANCELLED)));
                                    program.answer(program.next(), new Answer.Synced(1));
                                });
                var client = connect(scratch, PATIENT)) {
            // with nothing to cancel nothing is
            client.cancel();
            var refusal = refusalOf(client);
            waiting.get(30, TimeUnit.SECONDS);
            client.cancel();
            assertThat(refusal.get(30, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.CANCELLED);
            assertThat(client.sync()).isEqualTo(1);
            agent.played();
        }
    }

    @Test
    void cancellationThatComesTooLateLosesNoSignature() throws Exception {
        var waiting = new CompletableFuture<Void>();
        var signatures = List.of(Bytes.of((byte) 1));
        try (var agent =
                        agent(
                                program -> {
                                    var asked = program.next();
                                    waiting.complete(null);
                                    program.next();
                                    program.answer(asked, new Answer.Signatures(signatures));
                                });
                var client = connect(scratch, PATIENT)) {
            var canceller =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        waiting.join();
                                        client.cancel();
                                    });
            assertThat(client.sign(Examples.sign(1, LONG))).isEqualTo(signatures);
            canceller.join();
            agent.played();
        }
    }

    @Test
    void agentThatHeedsNoCancellationIsLeft() throws Exception {
        var waiting = new CompletableFuture<Void>();
        var shortGrace = new LinkClient.Patience(LONG, LONG, Duration.ofMillis(50));
        try (var agent =
                        agent(
                                program -> {
                                    program.next();
                                    waiting.complete(null);
                                    program.next();
                                    program.next();
                                    assertThat(program.leaves()).isTrue();
                                });
                var client = connect(scratch, shortGrace)) {
            var refusal = refusalOf(client);
            waiting.get(30, TimeUnit.SECONDS);
            client.cancel();
            assertThat(refusal.get(30, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.CANCELLED);
            refused(FailureKind.AGENT_UNREACHABLE, "closed", client::sync);
            agent.played();
        }
    }

    @Test
    void interruptedThreadStopsWaitingAndStaysInterrupted() throws Exception {
        try (var agent =
                        agent(
                                program -> {
                                    var asked = program.next();
                                    assertThat(program.next())
                                            .isEqualTo(
                                                    new Frame(
                                                            asked.request(), new Request.Cancel()));
                                    assertThat(program.leaves()).isTrue();
                                });
                var client = connect(scratch, PATIENT)) {
            Thread.currentThread().interrupt();
            refused(
                    FailureKind.CANCELLED,
                    "stopped waiting",
                    () -> client.sign(Examples.sign(1, LONG)));
            assertThat(Thread.interrupted()).isTrue();
            agent.played();
        }
    }

    @Test
    @SuppressWarnings("try") // closed by hand, which is what is tested
    void clientThatIsClosedMeanwhileWaitsNoLonger() throws Exception {
        var waiting = new CompletableFuture<Void>();
        try (var agent =
                        agent(
                                program -> {
                                    program.next();
                                    waiting.complete(null);
                                    assertThat(program.leaves()).isTrue();
                                });
                var client = connect(scratch, PATIENT)) {
            var refusal = refusalOf(client);
            waiting.get(30, TimeUnit.SECONDS);
            client.close();
            assertThat(refusal.get(30, TimeUnit.SECONDS).kind())
                    .isEqualTo(FailureKind.AGENT_UNREACHABLE);
            agent.played();
        }
    }

    @Test
    void pageAfterThePageIsAskedForByTheLastId() throws Exception {
        var first = Examples.credential(1, 10);
        var second = Examples.credential(2, 10);
        try (var agent =
                        agent(
                                program -> {
                                    program.answer(
                                            program.next(),
                                            new Answer.Credentials(List.of(first), true));
                                    var asked = program.next();
                                    var list = (Request.ListCredentials) asked.message();
                                    assertThat(list.after())
                                            .isEqualTo(Examples.id(Id.Kind.CREDENTIAL, 1).text());
                                    program.answer(
                                            asked, new Answer.Credentials(List.of(second), false));
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.credentials(Set.of(Purpose.LOGIN))).containsExactly(first, second);
            agent.played();
        }
    }
}
