package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients over HTTP/1.1 that take their time. Each is ended after its limit, tells the log
/// nothing, and keeps nobody else from being served.
class SlowClientTest {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");
    private static final Duration PAUSE = Duration.ofMillis(50);

    // A sweep, and a machine that has other things to do.
    private static final Duration LATE = Duration.ofSeconds(8);
    private static final int LARGE = 64 << 20;

    private LogLines log;
    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        log = new LogLines();
        server = start(Limits.brief());
    }

    @AfterEach
    void othersAreServedAndTheLogIsQuiet() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
        }
        await().until(() -> server.connections() == 0);
        server.close();
        log.close();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void tcpConnectionWithoutHandshakeIsEnded() throws Exception {
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(15_000);
            assertThat(RawClient.untilClosed(socket, start))
                    .isBetween(Limits.HEAD, Limits.HEAD.plus(LATE));
        }
    }

    @Test
    void tricklingClientHelloIsEnded() throws Exception {
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(15_000);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                // The beginning of a ClientHello of 512 octets.
                                byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3};
                                try {
                                    for (int i = 0; i < 200; i++) {
                                        socket.getOutputStream()
                                                .write(i < hello.length ? hello[i] : 7);
                                        // this client is slow
                                        Thread.sleep(PAUSE);
                                    }
                                } catch (java.io.IOException | InterruptedException _) {
                                    // Ended.
                                }
                            });
            assertThat(RawClient.untilClosed(socket, start))
                    .isBetween(Limits.HEAD, Limits.HEAD.plus(LATE));
        }
    }

    @Test
    void tricklingHeadIsEnded() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            long start = System.nanoTime();
            client.trickle(request("GET /livez", "A: " + "b".repeat(1000)), PAUSE);
            assertThat(client.untilClosed(start)).isBetween(Limits.HEAD, Limits.HEAD.plus(LATE));
        }
    }

    @Test
    void tricklingHeadOfALaterRequestIsEnded() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
            long start = System.nanoTime();
            client.trickle(request("GET /livez", "A: " + "b".repeat(1000)), PAUSE);
            assertThat(client.untilClosed(start)).isBetween(Limits.HEAD, Limits.HEAD.plus(LATE));
        }
    }

    @Test
    void emptyLinesDoNotKeepAConnectionOpen() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.trickle("\r\n".repeat(500), PAUSE);
            assertThat(client.untilClosed()).isLessThan(Limits.IDLE.plus(LATE));
        }
    }

    @Test
    void idleConnectionIsEnded() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            long start = System.nanoTime();
            assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
            assertThat(client.untilClosed(start)).isBetween(Limits.IDLE, Limits.IDLE.plus(LATE));
        }
    }

    @Test
    void connectionInUseIsKept() throws Exception {
        var idle = Limits.LONG_IDLE;
        try (var patient = start(Limits.of(idle, 8, 4));
                var client = RawClient.connect(patient.port())) {
            long end = System.nanoTime() + idle.plusSeconds(1).toNanos();
            while (System.nanoTime() < end) {
                assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void handlerMayTakeLongerThanAConnectionMayIdle() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            assertThat(client.ask(request("GET /long")).status()).isEqualTo(204);
        }
    }

    @Test
    void bodyThatNeverComesIs408() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            long start = System.nanoTime();
            var answer = client.ask(request("POST /sign", "Content-Length: 10"));
            assertThat(answer.status()).isEqualTo(408);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(Limits.BODY);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(client.untilClosed()).isLessThan(LATE);
        }
    }

    @Test
    void tricklingBodyIs408() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("POST /sign", "Content-Length: 1000"));
            client.trickle("a".repeat(1000), PAUSE);
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.untilClosed()).isLessThan(LATE);
        }
    }

    @Test
    void tricklingChunksAre408() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("POST /sign", "Transfer-Encoding: chunked"));
            client.trickle("1\r\na\r\n".repeat(200), PAUSE);
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.untilClosed()).isLessThan(LATE);
        }
    }

    @Test
    void clientThatLeavesInTheMiddleOfABodyIsForgotten() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("POST /sign", "Content-Length: 1000") + "abc");
        }
        await().until(() -> server.connections() == 0);
    }

    @Test
    void halfClosedClientStillGetsItsAnswer() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("GET /livez"));
            client.socket().shutdownOutput();
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void stalledReaderIsEnded() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("GET /large"));
            await().atMost(Duration.ofSeconds(30)).until(() -> server.connections() == 0);
        }
    }

    // It reads steadily, so that no idle time-out ever comes, but less than the least rate.
    @Test
    void slowReaderIsEnded() throws Exception {
        try (var patient = start(Limits.of(Duration.ofSeconds(30), 8, 4));
                var client = RawClient.connect(patient.port())) {
            client.send(request("GET /large"));
            InputStream in = client.socket().getInputStream();
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (patient.connections() > 0 && System.nanoTime() < end) {
                in.readNBytes(16 << 10);
                Thread.onSpinWait();
                java.util.concurrent.locks.LockSupport.parkNanos(PAUSE.toNanos());
            }
            assertThat(patient.connections()).isZero();
        }
    }

    // Much less than what a machine does that has other things to do.
    @Test
    void readerAtAFairRateGetsAll() throws Exception {
        try (var patient = start(Limits.of(Limits.LONG_IDLE, 8, 4, 4 << 20));
                var client = RawClient.connect(patient.port())) {
            assertThat(client.ask(request("GET /large")).text()).hasSize(LARGE);
        }
    }

    // Twice what the library's thread pool runs by default.
    @Test
    void fourHundredSlowSendersKeepNobodyElseWaiting() throws Exception {
        var senders = new java.util.ArrayList<RawClient>();
        try (var patient = start(Limits.patient());
                var other = RawClient.connect(patient.port())) {
            var context = RawClient.trustingContext();
            for (int i = 0; i < 400; i++) {
                senders.add(
                        RawClient.connect(context, patient.port())
                                .send(request("POST /sign", "Content-Length: 10")));
            }
            await().atMost(Duration.ofMinutes(1)).until(() -> patient.connections() == 401);
            other.socket().setSoTimeout(60_000);
            assertThat(other.ask(request("GET /livez")).status()).isEqualTo(200);
            assertThat(other.ask(request("POST /sign", "Content-Length: 2") + "ab").status())
                    .isEqualTo(200);
            for (RawClient sender : senders) {
                sender.close();
            }
        }
    }

    private static WebServer start(WebServerConfig config) throws Exception {
        Bytes large = Bytes.of("x".repeat(LARGE).getBytes(ISO_8859_1));
        return WebServer.start(
                config,
                IDENTITY,
                List.of(
                        Route.health("/livez", _ -> Reply.text(200, "alive")),
                        Route.get(
                                "/large",
                                _ ->
                                        new Reply(
                                                200,
                                                "application/octet-stream",
                                                large,
                                                java.util.Map.of())),
                        Route.get(
                                "/long",
                                _ -> {
                                    // this handler is slow
                                    Thread.sleep(Limits.IDLE.multipliedBy(2));
                                    return Reply.empty(204);
                                }),
                        Route.post("/sign", 4096, _ -> Reply.text(200, "signed"))));
    }
}
