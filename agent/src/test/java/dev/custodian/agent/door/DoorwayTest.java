package dev.custodian.agent.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.unix.SocketListener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorwayTest {
    @TempDir Path scratch;

    private final AtomicInteger served = new AtomicInteger();

    /// Sends each octet back.
    private final Door echo =
            (connection, _) -> {
                served.incrementAndGet();
                for (int octet = connection.read(); octet >= 0; octet = connection.read()) {
                    connection.write(new byte[] {(byte) octet}, Duration.ofSeconds(30));
                }
            };

    private Path socket() {
        return scratch.resolve("s");
    }

    private Doorway open(Door door) throws Exception {
        return Doorway.open(SocketListener.open(socket()), door, new Peers(ThisProcess.user()));
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    /// -1 at the end.
    private static int ask(SocketChannel channel, int octet) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {(byte) octet}));
        var back = ByteBuffer.allocate(1);
        return channel.read(back) < 0 ? -1 : back.get(0);
    }

    private void refused(FailureKind kind) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> open(echo))
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    @Test
    void socketThatAnotherProgramServesIsNotTaken() throws Exception {
        try (var squatter = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            squatter.bind(UnixDomainSocketAddress.of(socket()));
            refused(FailureKind.SOCKET_TAKEN);
            assertThat(Files.exists(socket())).isTrue();
        }
        // now nobody serves it any more
        try (var _ = open(echo);
                var client = connect()) {
            assertThat(ask(client, 7)).isEqualTo(7);
        }
    }

    /// One that accepts nothing, with a queue that is full, would have the agent wait for ever.
    @Test
    void squatterThatNeverAcceptsIsAsMuchRefused() throws Exception {
        var queue = new ArrayList<SocketChannel>();
        try (var squatter = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            squatter.bind(UnixDomainSocketAddress.of(socket()), 1);
            for (var full = false; !full; ) {
                var one = SocketChannel.open(StandardProtocolFamily.UNIX);
                one.configureBlocking(false);
                queue.add(one);
                try {
                    one.connect(UnixDomainSocketAddress.of(socket()));
                } catch (IOException e) {
                    full = true;
                }
            }
            refused(FailureKind.SOCKET_TAKEN);
            assertThat(Files.exists(socket())).isTrue();
        }
        for (var one : queue) {
            one.close();
        }
    }

    @Test
    void fileOrLinkInItsPlaceIsNotTouched() throws Exception {
        Files.writeString(socket(), "mine");
        refused(FailureKind.SOCKET_TAKEN);
        assertThat(Files.readString(socket())).isEqualTo("mine");
        Files.move(socket(), scratch.resolve("file"));
        Files.createSymbolicLink(socket(), scratch.resolve("file"));
        refused(FailureKind.SOCKET_TAKEN);
        assertThat(Files.isSymbolicLink(socket())).isTrue();
    }

    @Test
    void pathThatFitsNoSocketIsRefused() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> SocketListener.open(scratch.resolve("a".repeat(108))))
                .satisfies(
                        refusal -> assertThat(refusal.kind()).isEqualTo(FailureKind.CONFIG_WRONG));
    }

    @Test
    void programOfAnotherUserIsNotServed() throws Exception {
        try (var _ =
                        Doorway.open(
                                SocketListener.open(socket()),
                                echo,
                                new Peers(ThisProcess.user() + 1));
                var client = connect()) {
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void socketIsForTheUserAloneAndGoesWithTheDoor() throws Exception {
        try (var _ = open(echo)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.exists(socket())).isFalse();
    }

    @Test
    void thousandConnectionsKeepNobodyOut() throws Exception {
        try (var _ = open(echo)) {
            var flood = new ArrayList<SocketChannel>();
            for (int i = 0; i < 1000; i++) {
                flood.add(connect());
            }
            try (var client = connect()) {
                assertThat(ask(client, 7)).isEqualTo(7);
            }
            // those of connections that were ended for others may still be about to end
            await().untilAsserted(
                            () ->
                                    assertThat(Thread.getAllStackTraces().keySet())
                                            .filteredOn(thread -> thread.getName().equals("door"))
                                            .hasSizeLessThanOrEqualTo(2 * Doorway.MOST));
            for (var one : flood) {
                one.close();
            }
        }
    }

    /// As an ssh that waits for nothing, while another program opens a thousand and sends half of
    /// something on each.
    @Test
    void floodEndsNoOtherProgramsConnection() throws Exception {
        Door pairs =
                (connection, _) -> {
                    var pair = new byte[] {(byte) connection.read(), 0};
                    connection.read(pair, 1, Duration.ofMinutes(2));
                    connection.write(new byte[] {pair[1]}, Duration.ofSeconds(30));
                };
        try (var _ = open(pairs)) {
            var idle = new ProcessBuilder("perl", "-e", IDLE, socket().toString()).start();
            try (var lines = idle.inputReader(StandardCharsets.UTF_8)) {
                assertThat(lines.readLine()).isEqualTo("connected");
                var flood = new ArrayList<SocketChannel>();
                for (int i = 0; i < 4 * Doorway.MOST; i++) {
                    var one = connect();
                    one.write(ByteBuffer.wrap(new byte[] {1}));
                    flood.add(one);
                }
                idle.outputWriter(StandardCharsets.UTF_8).append("\n").flush();
                assertThat(lines.readLine()).isEqualTo("answered 7");
                for (var one : flood) {
                    one.close();
                }
            } finally {
                idle.destroyForcibly();
            }
        }
    }

    private static final String IDLE =
            """
            use Socket; $| = 1;
            socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($ARGV[0])) or die $!;
            print "connected\\n"; <STDIN>;
            syswrite(S, chr(6).chr(7)); sysread(S, $a, 1); print "answered ", ord($a), "\\n";
            """;

    @Test
    void connectionsThatAskSomethingAreNotEndedForNewOnes() throws Exception {
        var busy = new CountDownLatch(Doorway.MOST);
        var done = new CountDownLatch(1);
        Door slow =
                (connection, _) -> {
                    connection.read();
                    connection.owe();
                    busy.countDown();
                    try {
                        done.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    connection.write(new byte[] {9}, Duration.ofSeconds(30));
                };
        var all = new ArrayList<SocketChannel>();
        try (var _ = open(slow)) {
            for (int i = 0; i < Doorway.MOST; i++) {
                var one = connect();
                one.write(ByteBuffer.wrap(new byte[] {1}));
                all.add(one);
            }
            busy.await();
            try (var late = connect()) {
                assertThat(late.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            done.countDown();
            for (var one : all) {
                var back = ByteBuffer.allocate(1);
                assertThat(one.read(back)).isEqualTo(1);
                one.close();
            }
        }
    }

    @Test
    void socketThatCameInItsPlaceStays() throws Exception {
        var doorway = open(echo);
        Files.delete(socket());
        try (var other = SocketListener.at(socket(), 1)) {
            doorway.close();
            assertThat(other.path()).exists();
        }
    }

    @Test
    void closingEndsTheConnections() throws Exception {
        var client = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (var _ = open(echo)) {
            client.connect(UnixDomainSocketAddress.of(socket()));
            assertThat(ask(client, 7)).isEqualTo(7);
        }
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        client.close();
        await().untilAsserted(() -> assertThat(Files.exists(socket())).isFalse());
    }

    @Test
    void socketThatCannotBeReachedAnyMoreIsNotServed() throws Exception {
        try (var listener = SocketListener.at(socket(), 4)) {
            Files.delete(socket());
            for (var other : new String[] {"", "a file"}) {
                if (!other.isEmpty()) {
                    Files.writeString(socket(), other);
                }
                assertThatExceptionOfType(Refused.class)
                        .isThrownBy(listener::requireReachable)
                        .satisfies(
                                refusal ->
                                        assertThat(refusal.kind())
                                                .isEqualTo(FailureKind.SOCKET_TAKEN));
            }
        }
        Files.delete(socket());
        try (var _ =
                        Doorway.open(
                                SocketListener.at(socket(), 4),
                                echo,
                                new Peers(ThisProcess.user()));
                var client = connect()) {
            assertThat(ask(client, 7)).isEqualTo(7);
        }
    }
}
