package dev.custodian.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http2Test {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    private static final int HEADERS = 1;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LATE = Duration.ofSeconds(8);

    private WebServer server;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        server = start(Limits.brief());
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .sslContext(RawClient.trustingContext())
                        .build();
    }

    private static WebServer start(WebServerConfig config) throws Exception {
        // More than the window of the client.
        Bytes large = Bytes.of("x".repeat(24 << 20).getBytes(ISO_8859_1));
        return WebServer.start(
                config,
                IDENTITY,
                List.of(
                        Route.health("/livez", _ -> Reply.text(200, "alive")),
                        Route.get(
                                "/large",
                                _ -> new Reply(200, "application/octet-stream", large, Map.of())),
                        Route.post("/sign", 1024, call -> Reply.json(200, call.body()))));
    }

    /// From now on the server ends no connection because this thread had to wait.
    private void bePatient() throws Exception {
        server.close();
        server = start(Limits.of(Limits.LONG_IDLE, 8, 4));
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void manyStreamsShareAConnection() throws Exception {
        assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 50; i++) {
            answers.add(
                    client.sendAsync(
                            post(BodyPublishers.ofString("n" + i)), BodyHandlers.ofString()));
        }
        for (int i = 0; i < 50; i++) {
            var answer = answers.get(i).get(20, TimeUnit.SECONDS);
            // Beyond the places and the queue of this small server: refused, not broken.
            assertThat(answer.statusCode()).isIn(200, 503);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void refusalsAreTheSameAndCarryNoHeaderOfHttp1() throws Exception {
        var malformed = client.send(get("/livez?a&a"), BodyHandlers.ofString());
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.headers().map()).doesNotContainKeys("connection", "server");
        assertThat(malformed.body()).contains("invalid_request");
        assertThat(client.send(get("/nowhere"), BodyHandlers.ofString()).statusCode())
                .isEqualTo(404);
        assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    /// By hand: the stream is reset after the answer, which the JDK's client may take for a
    /// failure.
    @Test
    void bodyThatIsTooLargeIsAnsweredBeforeItsStreamEnds() throws Exception {
        try (var raw = raw()) {
            raw.send(PREFACE + SETTINGS);
            // POST /sign on stream 1, END_HEADERS; then 1,025 octets of the body, END_STREAM.
            raw.send("\0\0\14\1\4\0\0\0\1\203\207\4\5/sign\101\1x");
            raw.send("\0\4\1\0\1\0\0\0\1" + "a".repeat(1025));
            assertThat(raw.http2FrameOf(1).type()).isEqualTo(HEADERS);
            assertThat(raw.http2FrameOf(1).payload()).contains("invalid_request");
        }
    }

    @Test
    void slowBodyEndsItsStreamAndNotTheConnection() throws Exception {
        try (var raw = raw()) {
            raw.send(PREFACE + SETTINGS);
            long start = System.nanoTime();
            // POST /sign on stream 1, END_HEADERS; then one octet of the body.
            raw.send("\0\0\14\1\4\0\0\0\1\203\207\4\5/sign\101\1x");
            raw.send("\0\0\1\0\0\0\0\0\1a");
            assertThat(raw.http2FrameOf(1).type()).isEqualTo(HEADERS);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Limits.BODY, Limits.BODY.plus(LATE));
            assertThat(raw.http2FrameOf(1).payload()).contains("did not arrive in time");
            // GET /livez on stream 3, END_STREAM and END_HEADERS; the answer begins with `:status:
            // 200`.
            raw.send("\0\0\15\1\5\0\0\0\3\202\207\4\6/livez\101\1x");
            assertThat(raw.http2FrameOf(3).payload()).startsWith("\210");
        }
    }

    @Test
    void stalledReaderEndsItsStreamAndNotTheConnection() throws Exception {
        bePatient();
        var answer = client.send(get("/large"), BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            long end = System.nanoTime() + Limits.BODY.plus(Duration.ofSeconds(4)).toNanos();
            while (System.nanoTime() < end) {
                // The connection itself stays in use.
                assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
            }
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
        assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void tricklingPrefaceIsEnded() throws Exception {
        try (var raw = raw()) {
            raw.trickle(PREFACE.repeat(20), Duration.ofMillis(100));
            assertThat(raw.untilClosed()).isLessThan(Limits.IDLE.plus(LATE));
        }
    }

    @Test
    void tricklingHeadIsEnded() throws Exception {
        try (var raw = raw()) {
            raw.send(PREFACE + SETTINGS);
            // HEADERS of 16,000 octets on stream 1, END_HEADERS not yet in sight.
            raw.send("\0\76\200\1\0\0\0\0\1");
            raw.trickle("\202".repeat(1000), PAUSE);
            assertThat(raw.untilClosed()).isLessThan(Limits.IDLE.plus(LATE));
        }
    }

    @Test
    void pingsDoNotKeepAConnectionOpen() throws Exception {
        try (var raw = raw()) {
            raw.send(PREFACE + SETTINGS);
            raw.trickle("\0\0\10\6\0\0\0\0\0abcdefgh".repeat(100), Duration.ofMillis(10));
            assertThat(raw.untilClosed()).isLessThan(Limits.IDLE.plus(LATE));
        }
    }

    @Test
    void connectionInUseIsKept() throws Exception {
        bePatient();
        long end = System.nanoTime() + Limits.LONG_IDLE.plusSeconds(1).toNanos();
        while (System.nanoTime() < end) {
            assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void idleConnectionIsEnded() throws Exception {
        assertThat(client.send(get("/livez"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        await().until(() -> server.connections() == 0);
    }

    private RawClient raw() throws IOException {
        return RawClient.connect(RawClient.trustingContext(), server.port(), "TLSv1.3", "h2");
    }

    private HttpRequest get(String target) {
        return HttpRequest.newBuilder(uri(target)).timeout(LATE).build();
    }

    private HttpRequest post(HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(uri("/sign")).timeout(LATE).POST(body).build();
    }

    private URI uri(String target) {
        return URI.create("https://localhost:" + server.port() + target);
    }
}
