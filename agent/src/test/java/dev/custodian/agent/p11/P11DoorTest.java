package dev.custodian.agent.p11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.signing.FakePerson;
import dev.custodian.agent.signing.FakeServer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.agent.unix.SocketListener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Secret;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The door behind a real socket.
class P11DoorTest {
    private static final TestCredentials EC =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.DOCUMENT, "Ada");
    private static final byte[] GET_INFO = Calls.of(3, "").done();
    private static final int SIGN = 77;

    @TempDir Path scratch;

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(EC);
    private final KeyRing keys = new KeyRing(() -> List.of(EC.credential()));
    private Doorway doorway;

    @BeforeEach
    void open() throws Exception {
        keys.refresh();
        var lock = new Lock(new SecureRandom());
        var peers = new Peers(ThisProcess.user());
        var signing =
                new Signing(
                        server,
                        person,
                        () -> Secret.owning(new byte[32]),
                        peers,
                        lock,
                        InstantSource.system());
        doorway =
                Doorway.open(
                        SocketListener.open(scratch.resolve("s")),
                        new P11Door(keys, signing, lock, new SecureRandom()),
                        peers);
    }

    @AfterEach
    void close() {
        doorway.close();
    }

    /// A client as p11-kit's.
    private final class Client implements AutoCloseable {
        private final SocketChannel channel;
        private final int version;

        Client(int offered) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(scratch.resolve("s")));
            channel.write(ByteBuffer.wrap(new byte[] {(byte) offered}));
            version = read(1).get();
        }

        void send(int code, byte[] body) throws IOException {
            channel.write(
                    ByteBuffer.allocate(12 + 9 + body.length)
                            .putInt(code)
                            .putInt(9)
                            .putInt(body.length)
                            .put(Bytes.utf8("custodian").toArray())
                            .put(body.clone())
                            .flip());
        }

        /// Code and body of the next answer.
        Answer next() throws IOException {
            var header = read(12);
            int code = header.getInt();
            assertThat(header.getInt()).isZero();
            var body = new byte[header.getInt()];
            read(body.length).get(body);
            return new Answer(code, Bytes.of(body));
        }

        Bytes ask(int code, byte[] body) throws IOException {
            send(code, body);
            var answer = next();
            assertThat(answer.code()).isEqualTo(code);
            return answer.body();
        }

        private ByteBuffer read(int size) throws IOException {
            var buffer = ByteBuffer.allocate(size);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException();
                }
            }
            return buffer.flip();
        }

        boolean isEnded() {
            try {
                return channel.read(ByteBuffer.allocate(1)) < 0;
            } catch (IOException e) {
                return true;
            }
        }

        /// Up to a signature that only the person's answer is missing to.
        void beginSignature() throws IOException {
            ask(16, Calls.initialize());
            ask(17, Calls.of(10, "uu").u64(1).u64(4).done());
            ask(18, Calls.of(26, "uaA").u64(1).u32(1).hex("00000000 01 00000008").u64(3).done());
            var found = ask(19, Calls.of(27, "ufu").u64(1).u32(1).done());
            long key = found.at(found.size() - 1);
            var init = Calls.of(42, "uMu").u64(1).u32(0x1041).u32(-1).u64(key).done();
            assertThat(ask(20, init).hex()).isEqualTo("0000002a00000000");
            send(SIGN, Calls.of(43, "uayfy").u64(1).octets(Bytes.of(new byte[32])).u32(64).done());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Answer(int code, Bytes body) {}

    private void othersAreStillServed() throws IOException {
        try (var other = new Client(0)) {
            assertThat(other.ask(1, Calls.initialize()).hex()).isEqualTo("0000000100000000");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // no code; options and body too long; a length that is negative
                "000000000000000000000000",
                "000000010000100100000000",
                "000000010000000000100001",
                "00000001ffffffff00000000",
                "0000000100000000ffffffff",
                "474554202f20485454502f312e310d0a0d0a"
            })
    void garbageEndsItsConnectionOnly(String hex) throws Exception {
        try (var client = new Client(0)) {
            client.channel.write(ByteBuffer.wrap(Bytes.fromHex(hex).toArray()));
            assertThat(client.isEnded()).isTrue();
            othersAreStillServed();
        }
    }

    @Test
    void halfACallEndsWithItsConnection() throws Exception {
        for (var half : List.of("", "00", "0000001000000000000000", "000000100000000000000008aa")) {
            try (var client = new Client(0)) {
                client.channel.write(ByteBuffer.wrap(Bytes.fromHex(half).toArray()));
                client.channel.shutdownOutput();
                assertThat(client.isEnded()).isTrue();
            }
        }
        othersAreStillServed();
    }

    @Test
    void callThatMakesNoSenseIsAnsweredAndTheNextOneToo() throws Exception {
        try (var client = new Client(0)) {
            client.ask(1, Calls.initialize());
            assertThat(client.ask(2, new byte[0]).hex()).endsWith("07");
            assertThat(client.ask(3, new byte[P11Door.MAX_BODY]).hex()).endsWith("54");
            assertThat(client.ask(4, GET_INFO).size()).isEqualTo(4 + 4 + 5 + 2 + 36 + 8 + 36 + 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "3, 2", "255, 2"})
    void versionIsTheOfferedOneAsFarAsWeKnow(int offered, int answered) throws Exception {
        try (var client = new Client(offered)) {
            assertThat(client.version).isEqualTo(answered);
        }
    }

    @Test
    void whatNeedsNoPersonIsAnsweredWhileTheQuestionStands() throws Exception {
        var shown = new CountDownLatch(1);
        var read = new CountDownLatch(1);
        person.meanwhile =
                () -> {
                    shown.countDown();
                    waitFor(read);
                };
        try (var client = new Client(0)) {
            client.beginSignature();
            waitFor(shown);
            for (int code = 100; code < 200; code++) {
                client.ask(code, GET_INFO);
            }
            // too many others end no question
            var others = new ArrayList<Client>();
            for (int i = 0; i < 2 * Doorway.MOST; i++) {
                others.add(new Client(0));
            }
            read.countDown();
            var answer = client.next();
            assertThat(answer.code()).isEqualTo(SIGN);
            assertThat(answer.body().size()).isEqualTo(4 + 4 + 2 + 1 + 4 + 64);
            assertThat(others.getFirst().isEnded()).isTrue();
            for (var other : others) {
                other.close();
            }
        }
    }

    @Test
    void questionOfAProgramThatWentAwayIsNotAnswered() throws Exception {
        var shown = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        person.meanwhile =
                () -> {
                    shown.countDown();
                    waitFor(gone);
                };
        try (var client = new Client(0)) {
            client.beginSignature();
            waitFor(shown);
        }
        gone.countDown();
        await().until(() -> isWiped());
        assertThat(server.signed).isEmpty();
        othersAreStillServed();
    }

    private boolean isWiped() {
        try {
            person.given.expose();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
