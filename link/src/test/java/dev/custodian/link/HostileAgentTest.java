package dev.custodian.link;

import static dev.custodian.link.AgentSocketTest.refused;
import static dev.custodian.link.LinkClientTest.LONG;
import static dev.custodian.link.LinkClientTest.PATIENT;
import static dev.custodian.link.LinkClientTest.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Agents that send garbage, lie about what was asked, are late or go: each ends in one refusal
/// within its time, after which the client believes nothing more of that connection.
@Timeout(60)
class HostileAgentTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    /// Gives the greeting its time, and `sync` little.
    private static final LinkClient.Patience HASTY = new LinkClient.Patience(LONG, SHORT, SHORT);

    private static final LinkClient.Patience NOT_EVEN_GREETING =
            new LinkClient.Patience(SHORT, SHORT, SHORT);

    @TempDir Path scratch;

    /// Plays `script` against one call of `sync`, which is to be refused so.
    private void refusesSync(FailureKind kind, String detail, FakeAgent.Script script)
            throws Exception {
        refuses(kind, detail, PATIENT, script, LinkClient::sync);
    }

    @FunctionalInterface
    private interface Call {
        void on(LinkClient client) throws Refused;
    }

    private void refuses(
            FailureKind kind,
            String detail,
            LinkClient.Patience patience,
            FakeAgent.Script script,
            Call call)
            throws Exception {
        try (var agent = new FakeAgent(scratch, script);
                var client = connect(scratch, patience)) {
            refused(kind, detail, () -> call.on(client));
            refused(FailureKind.AGENT_UNREACHABLE, "closed", client::status);
            agent.played();
        }
    }

    @Test
    void garbageIsRefused() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "malformed",
                program -> {
                    program.next();
                    program.send(Bytes.utf8("HTTP/1.1 400 Bad Request\r\n\r\n"));
                });
    }

    @Test
    void oversizeFrameIsRefusedBeforeItComes() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "malformed",
                program -> {
                    program.next();
                    program.send(Bytes.u32(Frame.LONGEST + 1));
                    // the client does not wait for the rest
                    assertThat(program.leaves()).isTrue();
                });
    }

    @Test
    void unknownVersionAndTypeAreRefused() throws Exception {
        for (var octets : List.of("0000000a02880000000200000007", "0000000a01c80000000200000007")) {
            refusesSync(
                    FailureKind.AGENT_BROKEN,
                    "malformed",
                    program -> {
                        program.next();
                        program.send(Bytes.fromHex(octets));
                    });
            Files.delete(scratch.resolve("agent.sock"));
        }
    }

    @Test
    void halfAFrameAndTheEndIsAnAgentThatWent() throws Exception {
        refusesSync(
                FailureKind.AGENT_UNREACHABLE,
                "ended the connection",
                program -> {
                    var answer = new Frame(program.next().request(), new Answer.Synced(1)).encode();
                    program.send(answer.slice(0, answer.size() - 1));
                });
    }

    @Test
    void agentThatGoesWithoutAnAnswerIsGone() throws Exception {
        refusesSync(FailureKind.AGENT_UNREACHABLE, "ended the connection", FakeAgent.Program::next);
    }

    @Test
    void answerToAnotherRequestIsRefused() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "another request",
                program -> {
                    long asked = program.next().request();
                    program.send(new Frame(asked + 1, new Answer.Synced(1)).encode());
                });
    }

    @Test
    void failureOfAnotherRequestIsRefused() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "another request",
                program -> {
                    long asked = program.next().request();
                    var failure = Answer.Failure.of(new Refused(FailureKind.BUSY));
                    program.send(new Frame(asked - 1, failure).encode());
                });
    }

    @Test
    void secondAnswerToOneRequestIsRefusedAtTheNext() throws Exception {
        refuses(
                FailureKind.AGENT_BROKEN,
                "another request",
                PATIENT,
                program -> {
                    var asked = program.next();
                    program.answer(asked, new Answer.Synced(1));
                    program.answer(asked, new Answer.Synced(2));
                    program.next();
                },
                client -> {
                    assertThat(client.sync()).isEqualTo(1);
                    client.sync();
                });
    }

    @Test
    void answerOfAnotherTypeIsRefused() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "something else",
                program -> program.answer(program.next(), new Answer.Forgotten()));
    }

    @Test
    void requestInPlaceOfAnAnswerIsRefused() throws Exception {
        refusesSync(
                FailureKind.AGENT_BROKEN,
                "something else",
                program ->
                        program.send(
                                new Frame(program.next().request(), new Request.Sync()).encode()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anotherNumberOfSignaturesIsRefused(int signatures) throws Exception {
        refuses(
                FailureKind.AGENT_BROKEN,
                signatures + " signatures for 2 digests",
                PATIENT,
                program ->
                        program.answer(
                                program.next(),
                                new Answer.Signatures(
                                        Collections.nCopies(signatures, Bytes.of((byte) 1)))),
                client -> client.sign(Examples.sign(2, LONG)));
    }

    @Test
    void anotherCredentialIsRefused() throws Exception {
        refuses(
                FailureKind.AGENT_BROKEN,
                "another credential",
                PATIENT,
                program ->
                        program.answer(
                                program.next(),
                                new Answer.OneCredential(Examples.credential(2, 10))),
                client -> client.credential("work 1"));
    }

    @Test
    void listThatBeginsAnewIsRefused() throws Exception {
        var page = new Answer.Credentials(List.of(Examples.credential(1, 10)), true);
        refuses(
                FailureKind.AGENT_BROKEN,
                "twice",
                PATIENT,
                program -> {
                    program.answer(program.next(), page);
                    program.answer(program.next(), page);
                },
                client -> client.credentials(Set.of(Purpose.DOCUMENT)));
    }

    @Test
    void listWithoutEndIsRefused() throws Exception {
        var all = new ArrayList<Credential>();
        for (int i = 0; i < 3 * 3400; i++) {
            all.add(Examples.credential(i, 1));
        }
        all.sort(Comparator.comparing(Credential::id));
        refuses(
                FailureKind.AGENT_BROKEN,
                "more than 10000",
                PATIENT,
                program -> {
                    for (int page = 0; page < 3; page++) {
                        var asked = program.next();
                        program.answer(
                                asked,
                                new Answer.Credentials(
                                        all.subList(page * 3400, (page + 1) * 3400), true));
                    }
                },
                client -> client.credentials(Set.of(Purpose.DOCUMENT)));
    }

    @Test
    void silentAgentIsLateAndLearnsThatNobodyWaits() throws Exception {
        refuses(
                FailureKind.AGENT_LATE,
                "",
                HASTY,
                program -> {
                    var asked = program.next();
                    assertThat(program.next())
                            .isEqualTo(new Frame(asked.request(), new Request.Cancel()));
                    assertThat(program.leaves()).isTrue();
                },
                LinkClient::sync);
    }

    /// The time that the owner has counts from the request, and not longer.
    @Test
    void signingEndsAtItsOwnLimit() throws Exception {
        var patience = new LinkClient.Patience(LONG, LONG, SHORT);
        refuses(
                FailureKind.AGENT_LATE,
                "",
                patience,
                program -> {
                    program.next();
                    program.next();
                    assertThat(program.leaves()).isTrue();
                },
                client -> client.sign(Examples.sign(1, Duration.ofMillis(100))));
    }

    @Test
    void answerThatTricklesIsLateAllTheSame() throws Exception {
        refuses(
                FailureKind.AGENT_LATE,
                "",
                HASTY,
                program -> {
                    long asked = program.next().request();
                    var endless =
                            new Frame(
                                            asked,
                                            new Answer.Signatures(
                                                    Collections.nCopies(
                                                            2000, Bytes.fromHex("00".repeat(512)))))
                                    .encode();
                    // a million octets, each alone, until nobody takes them
                    try {
                        for (int i = 0; i < endless.size(); i++) {
                            program.send(endless.slice(i, i + 1));
                        }
                    } catch (IOException e) {
                        return;
                    }
                    throw new AssertionError("the client took it all");
                },
                LinkClient::sync);
    }

    @Test
    void answerInSingleOctetsIsTaken() throws Exception {
        try (var agent =
                        new FakeAgent(
                                scratch,
                                program -> {
                                    var octets =
                                            new Frame(
                                                            program.next().request(),
                                                            new Answer.Synced(9))
                                                    .encode();
                                    for (int i = 0; i < octets.size(); i++) {
                                        program.send(octets.slice(i, i + 1));
                                    }
                                });
                var client = connect(scratch, PATIENT)) {
            assertThat(client.sync()).isEqualTo(9);
            agent.played();
        }
    }

    @Test
    void agentWithAFullQueueIsLate() throws Exception {
        var address = UnixDomainSocketAddress.of(scratch.resolve("agent.sock"));
        var waiting = new ArrayList<SocketChannel>();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address, 1);
            for (int i = 0; i < 2; i++) {
                waiting.add(SocketChannel.open(address));
            }
            refused(
                    FailureKind.AGENT_LATE,
                    "no more connections",
                    () -> connect(scratch, NOT_EVEN_GREETING));
            // one place is free again
            server.accept().close();
            waiting.add(SocketChannel.open(address));
        } finally {
            for (var channel : waiting) {
                channel.close();
            }
        }
        assertThat(waiting).hasSize(3);
    }

    /// An agent that reads nothing: what the system does not buffer waits no longer than the limit.
    @Test
    void agentThatTakesNothingHoldsNobodyUp() throws Exception {
        var socket = AgentSocketTest.in(scratch);
        var request = new Frame(1, Examples.sign(Request.Sign.MOST, LONG));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket.path()));
            try (var carrier = Carrier.connect(socket, Deadline.in(LONG))) {
                assertThatThrownBy(
                                () -> {
                                    for (int i = 0; i < 1000; i++) {
                                        carrier.send(request, Deadline.in(Duration.ofMillis(50)));
                                    }
                                })
                        .isInstanceOf(TimeoutException.class);
            }
        }
    }

    @Test
    void agentThatDoesNotGreetIsLate() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(scratch.resolve("agent.sock")));
            refused(FailureKind.AGENT_LATE, "", () -> connect(scratch, NOT_EVEN_GREETING));
        }
    }

    @Test
    void inAFolderThatOthersReachNobodyIsAsked() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(scratch.resolve("agent.sock")));
            server.configureBlocking(false);
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
            refused(FailureKind.AGENT_FOREIGN, "rwxrwxrwx", () -> connect(scratch, PATIENT));
            assertThat(server.accept()).isNull();
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
