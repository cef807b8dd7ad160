package dev.custodian.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.local.Connection;
import dev.custodian.agent.unix.SocketListener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.agent.unix.UnixException;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real sockets, with this very process at both ends.
class RealPeerTest {
    private static final int LARGE = 100_000;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path scratch;

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(scratch.resolve("s")));
    }

    private Connection accepted(SocketListener listener, SocketChannel client) throws IOException {
        client.connect(UnixDomainSocketAddress.of(scratch.resolve("s")));
        return listener.accept();
    }

    @Test
    void processAtTheOtherEndIsFound() throws Exception {
        var own = ProcessHandle.current();
        try (var listener = SocketListener.at(scratch.resolve("s"), 4);
                var _ = connect();
                var connection = listener.accept()) {
            assertThat(connection.peer().user()).isEqualTo(Integer.toString(ThisProcess.user()));
            var peers = new Peers(ThisProcess.user());
            var peer = peers.find(connection.peer());
            assertThat(peer.program().pid()).isEqualTo((int) own.pid());
            assertThat(peer.program().executable()).isEqualTo(own.info().command().orElseThrow());
            assertThat(peers.isThere(peer)).isTrue();
        }
    }

    @Test
    void octetsGoBothWaysUntilTheEnd() throws Exception {
        var client = SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        try (var listener = SocketListener.at(scratch.resolve("s"), 4);
                var connection = accepted(listener, client)) {
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(connection.read()).isEqualTo(1);
            var two = new byte[3];
            connection.read(two, 1, LONG);
            assertThat(two).containsExactly(0, 2, 3);
            connection.write(new byte[] {4, 5}, LONG);
            var back = ByteBuffer.allocate(2);
            assertThat(client.read(back)).isEqualTo(2);
            assertThat(back.array()).containsExactly(4, 5);
            assertThat(connection.isThere()).isTrue();
            client.close();
            assertThat(connection.isThere()).isFalse();
            assertThat(connection.read()).isEqualTo(-1);
            assertThatExceptionOfType(UnixException.class)
                    .isThrownBy(() -> connection.write(new byte[1], LONG));
        }
    }

    @Test
    void halfAFrameIsNotWaitedForLongerThanItsLimit() throws Exception {
        var client = SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        try (var listener = SocketListener.at(scratch.resolve("s"), 4);
                var connection = accepted(listener, client)) {
            client.write(ByteBuffer.wrap(new byte[] {1}));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> connection.read(new byte[2], 0, Duration.ofMillis(50)))
                    .withMessageContaining("slow");
            client.close();
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> connection.read(new byte[2], 0, LONG));
        }
    }

    @Test
    void largeRequestsThatDoNotEndKeepOutOtherLargeOnesAloneAndNotForLong() throws Exception {
        try (var threads = Executors.newCachedThreadPool();
                var listener = SocketListener.at(scratch.resolve("s"), 16)) {
            var clients = new ArrayList<SocketChannel>();
            var reading = new ArrayList<Future<byte[]>>();
            for (int i = 0; i < 4; i++) {
                clients.add(connect());
                var connection = listener.accept();
                reading.add(threads.submit(() -> read(connection, LARGE, LONG)));
            }
            var small = connect();
            small.write(ByteBuffer.wrap(new byte[] {1, 2}));
            assertThat(read(listener.accept(), 2, LONG)).containsExactly(1, 2);

            await().untilAsserted(
                            () -> {
                                var large = connect();
                                assertThatExceptionOfType(IOException.class)
                                        .isThrownBy(
                                                () -> read(listener.accept(), LARGE, Duration.ZERO))
                                        .withMessageContaining("others send large requests");
                                large.close();
                            });
            connect().close();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> read(listener.accept(), LARGE, LONG));

            for (var client : clients) {
                client.close();
            }
            for (var one : reading) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(one::get)
                        .withCauseInstanceOf(EOFException.class);
            }
            var next = connect();
            next.write(ByteBuffer.wrap(new byte[LARGE]));
            assertThat(read(listener.accept(), LARGE, LONG)).hasSize(LARGE);
            next.close();
            small.close();
        }
    }

    private static byte[] read(Connection connection, int size, Duration limit) throws IOException {
        try (connection) {
            return connection.read(size, limit);
        }
    }

    @Test
    void programThatReadsNothingIsGivenUp() throws Exception {
        try (var listener = SocketListener.at(scratch.resolve("s"), 4);
                var _ = connect();
                var connection = listener.accept()) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> connection.write(new byte[4 << 20], Duration.ofMillis(50)))
                    .withMessageContaining("slow");
        }
    }

    @Test
    void shutWakesUpWhoWaits() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2);
                var listener = SocketListener.at(scratch.resolve("s"), 4);
                var _ = connect();
                var connection = listener.accept()) {
            var reading = threads.submit(() -> connection.read());
            var accepting = threads.submit(() -> listener.accept());
            connection.shut();
            assertThat(reading.get()).isEqualTo(-1);
            await().until(
                            () -> {
                                listener.shut();
                                return accepting.isDone();
                            });
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(accepting::get)
                    .withCauseInstanceOf(UnixException.class);
        }
    }
}
