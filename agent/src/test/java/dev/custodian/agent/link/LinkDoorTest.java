package dev.custodian.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.session.AgentFolder;
import dev.custodian.agent.session.Doctor;
import dev.custodian.agent.session.Enrolling;
import dev.custodian.agent.session.MachineKeys;
import dev.custodian.agent.session.OwnerDevices;
import dev.custodian.agent.session.Session;
import dev.custodian.agent.signing.FakePerson;
import dev.custodian.agent.signing.FakeServer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.agent.unix.SocketListener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.agent.windows.CertificateSync;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.Answer;
import dev.custodian.link.Answer.Check.Outcome;
import dev.custodian.link.Frame;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Message;
import dev.custodian.link.Request;
import dev.custodian.link.SessionState;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The door over a real socket, with programs that keep the protocol and others; the machine is no
/// device yet.
@Timeout(120)
class LinkDoorTest {
    private static final TestCredentials CODE =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.CODE, "Ada\u202E");
    private static final TestCredentials PAPER =
            TestCredentials.of(KeyAlgorithm.RSA_2048, Purpose.DOCUMENT, "Ada");
    private static final TestCredentials PAPER_TOO =
            TestCredentials.of(KeyAlgorithm.P384, Purpose.DOCUMENT, "Ada");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Request.Hello HELLO = new Request.Hello("test", "1");

    @TempDir Path scratch;

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(CODE, PAPER, PAPER_TOO);
    private final KeyRing keys =
            new KeyRing(
                    () -> List.of(CODE.credential(), PAPER.credential(), PAPER_TOO.credential()));
    private final Lock lock = new Lock(new SecureRandom());
    private AgentFolder folder;
    private Session session;
    private Requests requests;
    private Doorway doorway;

    @BeforeEach
    void open() throws Exception {
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx------"));
        var clock = Clock.systemUTC();
        var random = new SecureRandom();
        folder = AgentFolder.open(scratch.resolve("state"), random);
        session = new Session(folder, clock, random);
        var peers = new Peers(ThisProcess.user());
        var share = Secret.owning(new byte[32]);
        var signing = new Signing(server, person, () -> share, peers, lock, clock);
        var membership =
                new Requests.Membership(
                        session,
                        new Enrolling(folder, session, true, clock, random),
                        new OwnerDevices(folder, session, random),
                        new MachineKeys(folder),
                        new Doctor(folder, session, clock, List.of()),
                        new CertificateSync(null, folder, session::state, clock));
        requests = new Requests(keys, signing, lock, peers, person, membership);
        doorway = Doorway.open(SocketListener.open(socket()), new LinkDoor(requests), peers);
        keys.refresh();
    }

    @AfterEach
    void close() {
        doorway.close();
        session.close();
        folder.close();
    }

    private Path socket() {
        return scratch.resolve("agent.sock");
    }

    private LinkClient client() throws Exception {
        var user = Files.getOwner(scratch);
        return LinkClient.connect(new AgentSocket(socket(), user), "test", "1");
    }

    private static void refused(FailureKind kind, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal ->
                                assertThat(refusal.kind())
                                        .as(refusal.getMessage())
                                        .isEqualTo(kind));
    }

    private static Request.Sign sign(String name, boolean silent, Bytes... digests) {
        return new Request.Sign(
                name,
                ECDSA,
                List.of(digests),
                new Request.Context(7, "my window\u202E", "contract.pdf"),
                silent,
                LONG);
    }

    private static Bytes digest(int i) {
        return Bytes.concat(Bytes.u32(i), Bytes.of(new byte[28]));
    }

    // --- hostile

    /// A program that writes octets and reads frames.
    private final class Raw implements AutoCloseable {
        private final SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(socket()));

        Raw() throws Exception {}

        void send(Bytes octets) throws Exception {
            var left = ByteBuffer.wrap(octets.toArray());
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        void send(long number, Message message) throws Exception {
            send(new Frame(number, message).encode());
        }

        /// Nothing at the end.
        Bytes read(int size) throws Exception {
            var into = ByteBuffer.allocate(size);
            while (into.hasRemaining()) {
                if (channel.read(into) < 0) {
                    return Bytes.EMPTY;
                }
            }
            return Bytes.of(into.array());
        }

        Frame next() throws Exception {
            var length = read(Frame.LENGTH);
            return Frame.decode(Bytes.concat(length, read(Frame.rest(length))));
        }

        void ended() throws Exception {
            assertThat(read(1)).isEqualTo(Bytes.EMPTY);
        }

        void malformed() throws Exception {
            var answer = next();
            assertThat(answer.request()).isZero();
            assertThat(((Answer.Failure) answer.message()).id()).isEqualTo("malformed-request");
            ended();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000",
                "00000005",
                "00100001",
                "ffffffff",
                "00000006020100000001",
                "00000006011400000001",
                "00000006010600000000",
                "00000006018100000001",
                "0000000a01810000000100000000"
            })
    void garbageIsAnsweredByAFailureAndTheEnd(String hex) throws Exception {
        try (var raw = new Raw()) {
            raw.send(Bytes.fromHex(hex));
            raw.malformed();
        }
        client().close();
    }

    @Test
    void halfAFrameEndsWithTheConnection() throws Exception {
        try (var raw = new Raw()) {
            var hello = new Frame(1, HELLO).encode();
            raw.send(hello.slice(0, hello.size() - 1));
            raw.channel.shutdownOutput();
            raw.ended();
        }
        client().close();
    }

    @Test
    void withoutHelloNothingIsAnswered() throws Exception {
        for (var request : List.of(new Request.Status(), sign("Ada", false, digest(1)))) {
            try (var raw = new Raw()) {
                raw.send(1, request);
                raw.malformed();
            }
        }
        assertThat(person.asked).isEmpty();
    }

    @Test
    void secondHelloAndAnAnswerEndTheConnection() throws Exception {
        for (var message : List.of(HELLO, new Answer.PinChanged())) {
            try (var raw = new Raw()) {
                raw.send(1, HELLO);
                assertThat(raw.next().message()).isInstanceOf(Answer.Welcome.class);
                raw.send(2, message);
                raw.malformed();
            }
        }
    }

    @Test
    void thousandConnectionsKeepNobodyOutAndNoThreads() throws Exception {
        var flood = new ArrayList<Raw>();
        for (int i = 0; i < 1000; i++) {
            flood.add(new Raw());
        }
        try (var client = client()) {
            assertThat(client.status().state()).isEqualTo(SessionState.NOT_JOINED);
        }
        // those of connections that were ended for others may still be about to end
        await().untilAsserted(
                        () ->
                                assertThat(threads("door|link"))
                                        .isLessThanOrEqualTo(2 * Doorway.MOST));
        for (var one : flood) {
            one.close();
        }
    }

    @Test
    void programOfAnotherUserGetsNothing() throws Exception {
        doorway.close();
        var others = new Peers(ThisProcess.user() + 1);
        doorway = Doorway.open(SocketListener.open(socket()), new LinkDoor(requests), others);
        try (var raw = new Raw()) {
            raw.ended();
        }
    }

    @Test
    void programThatGoesWhileThePersonReadsGetsNoSignature() throws Exception {
        var shown = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        person.meanwhile = () -> meet(shown, gone);
        try (var raw = new Raw()) {
            raw.send(1, HELLO);
            raw.next();
            raw.send(2, sign(CODE.credential().id().text(), false, digest(1)));
            shown.await();
        }
        gone.countDown();
        await().untilAsserted(() -> assertThat(threads("link")).isZero());
        assertThat(server.signed).isEmpty();
    }

    private static void meet(CountDownLatch shown, CountDownLatch then) {
        shown.countDown();
        try {
            then.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long threads(String names) {
        return states(names).size();
    }

    /// What the threads with such a name do.
    private static List<Thread.State> states(String names) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().matches(names))
                .map(Thread::getState)
                .toList();
    }

    @Test
    void cancelledRequestGetsNoSignatureAndTheConnectionGoesOn() throws Exception {
        var shown = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        person.meanwhile = () -> meet(shown, cancelled);
        try (var raw = new Raw()) {
            raw.send(1, HELLO);
            raw.next();
            raw.send(2, sign(CODE.credential().id().text(), false, digest(1)));
            shown.await();
            raw.send(3, new Request.Cancel());
            raw.send(2, new Request.Cancel());
            raw.send(4, new Request.Status());
            // all of it was read, and the next one waits for the end of the first
            await().until(() -> states("door").equals(List.of(Thread.State.WAITING)));
            cancelled.countDown();
            var answer = raw.next();
            assertThat(answer.request()).isEqualTo(2);
            assertThat(((Answer.Failure) answer.message()).id()).isEqualTo("cancelled");
            assertThat(raw.next().message()).isInstanceOf(Answer.Standing.class);
        }
        assertThat(server.signed).isEmpty();
    }

    @Test
    void refusalsAreTold() throws Exception {
        try (var client = client()) {
            refused(FailureKind.CREDENTIAL_UNKNOWN, () -> client.credential("none"));
            refused(
                    FailureKind.SCHEME_REFUSED,
                    () -> client.sign(sign(PAPER.credential().id().text(), false, digest(1))));
            refused(
                    FailureKind.PROMPT_NEEDED,
                    () -> client.sign(sign(CODE.credential().id().text(), true, digest(1))));
            assertThat(person.asked).isEmpty();
            person.pin = "";
            refused(
                    FailureKind.APPROVAL_REFUSED,
                    () -> client.sign(sign(CODE.credential().id().text(), false, digest(1))));
        }
        assertThat(server.signed).isEmpty();
    }

    @Test
    void lockedAgentShowsNoKeysAndChangesNothing() throws Exception {
        try (var passphrase = Secret.owning(new byte[] {1});
                var client = client()) {
            lock.close(passphrase);
            refused(FailureKind.AGENT_LOCKED, () -> client.credentials(all()));
            refused(FailureKind.AGENT_LOCKED, () -> client.credential("Ada"));
            refused(
                    FailureKind.AGENT_LOCKED,
                    () -> client.sign(sign(CODE.credential().id().text(), false, digest(1))));
            refused(
                    FailureKind.AGENT_LOCKED,
                    () -> client.join(new Request.Join("https://h/join#x", "desk", LONG)));
        }
    }

    // --- friends

    private static EnumSet<Purpose> all() {
        return EnumSet.of(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE);
    }

    @Test
    void credentialsAreListedByNamesThatAreVisibleAndTheirOwn() throws Exception {
        try (var client = client()) {
            var listed = client.credentials(all());
            assertThat(listed)
                    .extracting(one -> one.name())
                    .containsExactlyInAnyOrder(
                            "Ada\\u{202e}",
                            PAPER.credential().id().text(),
                            PAPER_TOO.credential().id().text());
            assertThat(client.credentials(EnumSet.of(Purpose.CODE))).hasSize(1);
            var one = client.credential("Ada\\u{202e}");
            assertThat(one.publicKey())
                    .isEqualTo(
                            Bytes.of(CODE.credential().certificate().getPublicKey().getEncoded()));
            assertThat(client.credential(one.id().text())).isEqualTo(one);
            assertThat(client.sync()).isEqualTo(3);
        }
        assertThat(person.asked).isEmpty();
    }

    @Test
    void signaturesComeInOrderAndOneDigestTwiceIsSignedOnce() throws Exception {
        var request = sign(CODE.credential().id().text(), false, digest(2), digest(1), digest(2));
        try (var client = client()) {
            var signatures = client.sign(request);
            assertThat(signatures.get(0)).isEqualTo(signatures.get(2));
            assertThat(signatures.get(0)).isNotEqualTo(signatures.get(1));
        }
        assertThat(server.signed).hasSize(1);
        assertThat(server.signed.getFirst().digests()).hasSize(2);
        assertThat(person.asked.getFirst().shown())
                .extracting(line -> line.source() + " " + line.what() + ": " + line.text())
                .contains(
                        "REPORTED window: my window\\u{202e}",
                        "REPORTED document: contract.pdf",
                        "REPORTED to be signed: SHA-256 …"
                                + digest(2).slice(24, 32).hex()
                                + " and 1 more");
    }

    @Test
    void thereIsNoStoreOfCertificatesToTakeAnythingOutOf() throws Exception {
        try (var client = client()) {
            refused(FailureKind.USAGE, client::unsync);
            // and the connection goes on
            assertThat(client.credentials(EnumSet.of(Purpose.CODE))).hasSize(1);
        }
    }

    @Test
    void machineThatIsNoDeviceSaysSoAndWhatToDo() throws Exception {
        try (var client = client()) {
            var status = client.status();
            assertThat(status.state()).isEqualTo(SessionState.NOT_JOINED);
            assertThat(status.lines().getFirst().text()).contains("custodian join");
            refused(FailureKind.NOT_JOINED, client::login);
            refused(FailureKind.NOT_JOINED, client::logout);
            refused(FailureKind.NOT_JOINED, client::devices);
            refused(FailureKind.NOT_JOINED, () -> client.changePin(new Request.ChangePin(LONG)));
            refused(
                    FailureKind.NOT_JOINED,
                    () -> client.recover(new Request.Recover("", "desk", LONG)));
            refused(
                    FailureKind.USAGE,
                    () -> client.join(new Request.Join("nonsense", "desk", LONG)));
        }
    }

    @Test
    void doctorNamesTheOneThingThatIsBroken() throws Exception {
        try (var client = client()) {
            var checks = client.doctor();
            assertThat(checks)
                    .extracting(Answer.Check::outcome)
                    .containsExactly(
                            Outcome.WELL,
                            Outcome.WELL,
                            Outcome.WELL,
                            Outcome.BROKEN,
                            Outcome.NOT_REACHED,
                            Outcome.NOT_REACHED,
                            Outcome.NOT_REACHED,
                            Outcome.NOT_REACHED);
            assertThat(checks.get(2).what()).isEqualTo("stores");
            assertThat(checks.get(2).sentence()).contains("keeps its keys in files");
            assertThat(checks.get(3).nextStep()).contains("custodian join");
            Files.setPosixFilePermissions(
                    scratch.resolve("state"), PosixFilePermissions.fromString("rwxr-x---"));
            assertThat(client.doctor().get(1).sentence()).contains("chmod 700");
        }
    }
}
