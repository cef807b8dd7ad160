package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainTest {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");

    /// Longer than a busy machine keeps anything waiting.
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private static final Duration SHORT_DRAIN = Duration.ofSeconds(3);

    /// Less than the drain and than any limit of a connection.
    private static final Duration SOON = Duration.ofSeconds(8);

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        server = start(DRAIN);
    }

    private WebServer start(Duration drain) throws Exception {
        var config =
                new WebServerConfig(
                        "127.0.0.1",
                        0,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        16 << 10,
                        8 << 10,
                        100,
                        8,
                        8,
                        Duration.ofSeconds(1),
                        1 << 20,
                        drain,
                        false);
        return WebServer.start(
                config,
                IDENTITY,
                List.of(
                        Route.health("/livez", _ -> Reply.text(200, "alive")),
                        Route.post("/sign", 100, call -> Reply.json(200, call.body())),
                        Route.get(
                                "/work",
                                _ -> {
                                    entered.countDown();
                                    released.await();
                                    return Reply.text(200, "done");
                                })));
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    @Test
    void runningRequestIsAnsweredAndNewConnectionsAreRefused() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("GET /work"));
            entered.await();
            var stopped = closing();
            await().untilAsserted(
                            () ->
                                    assertThatIOException()
                                            .isThrownBy(() -> RawClient.connect(server.port())));
            released.countDown();
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("done");
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(stopped.get()).isLessThan(DRAIN);
        }
    }

    // The library gives every connection a shorter idle time-out on a stop, 1 s by default.
    @Test
    void pausedUploadGoesOn() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(request("POST /sign", "Expect: 100-continue", "Content-Length: 4"));
            assertThat(client.line()).startsWith("HTTP/1.1 100");
            client.line();
            client.send("ab");
            var stopped = closing();
            await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
            assertThat(client.ask("cd").text()).isEqualTo("abcd");
            assertThat(stopped.get()).isBetween(Duration.ofMillis(1400), DRAIN);
        }
    }

    @Test
    void quietConnectionsDoNotHoldTheStop() throws Exception {
        try (var fresh = RawClient.connect(server.port());
                var used = RawClient.connect(server.port())) {
            assertThat(used.ask(request("GET /livez")).status()).isEqualTo(200);
            assertThat(closing().get()).isLessThan(SOON);
            fresh.untilClosed();
            used.untilClosed();
        }
    }

    @Test
    void quietHttp2ConnectionDoesNotHoldTheStop() throws Exception {
        try (var client = http2()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + server.port() + "/livez"))
                            .build();
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
            assertThat(closing().get()).isLessThan(SOON);
        }
    }

    @Test
    void runningHttp2RequestIsAnswered() throws Exception {
        try (var client = http2()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + server.port() + "/work"))
                            .build();
            var answer = client.sendAsync(request, BodyHandlers.ofString());
            entered.await();
            var stopped = closing();
            await().pollDelay(Duration.ofMillis(500)).until(() -> !stopped.isDone());
            released.countDown();
            assertThat(answer.get().body()).isEqualTo("done");
            assertThat(stopped.get()).isLessThan(DRAIN);
        }
    }

    @Test
    void stopCutsWhatRunsBeyondItsLimit() throws Exception {
        server.close();
        server = start(SHORT_DRAIN);
        try (var log = new LogLines();
                var client = RawClient.connect(server.port())) {
            client.send(request("GET /work"));
            entered.await();
            assertThat(closing().get()).isBetween(SHORT_DRAIN, DRAIN);
            assertThatIOException().isThrownBy(client::answer);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst().getThrowableProxy()).isNull();
        }
    }

    @Test
    void closingTwiceIsHarmless() throws IOException {
        server.close();
        server.close();
        assertThatIOException().isThrownBy(() -> RawClient.connect(server.port()));
    }

    private static HttpClient http2() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(RawClient.trustingContext())
                .build();
    }

    /// Closes the server and tells how long that took.
    private CompletableFuture<Duration> closing() {
        long start = System.nanoTime();
        return CompletableFuture.runAsync(server::close, task -> Thread.ofVirtual().start(task))
                .thenApply(_ -> Duration.ofNanos(System.nanoTime() - start));
    }
}
