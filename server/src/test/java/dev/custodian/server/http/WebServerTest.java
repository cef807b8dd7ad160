package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");
    private static final List<Call> CALLS = new CopyOnWriteArrayList<>();
    private static WebServer server;

    @BeforeAll
    static void start() throws Exception {
        server =
                WebServer.start(
                        Limits.patient(),
                        IDENTITY,
                        List.of(
                                Route.health("/livez", _ -> Reply.text(200, "alive\n")),
                                Route.get(
                                        "/thread",
                                        _ ->
                                                Reply.text(
                                                        200,
                                                        "" + Thread.currentThread().isVirtual())),
                                Route.get(
                                        "/see",
                                        call -> {
                                            CALLS.add(call);
                                            return Reply.text(200, "seen");
                                        }),
                                Route.post(
                                        "/echo",
                                        1024,
                                        call ->
                                                Reply.json(201, call.body())
                                                        .withHeader("DPoP-Nonce", "n1")),
                                Route.post(
                                        "/once",
                                        0,
                                        call ->
                                                Reply.text(
                                                        200, call.header("DPoP").orElse("none"))),
                                Route.get(
                                        "/fails",
                                        _ -> {
                                            throw new IllegalStateException("secret detail");
                                        })));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void routeAnswersOnItsExactPath() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var answer = client.ask(request("GET /livez"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("alive\n");
            assertThat(answer.headers())
                    .containsEntry("content-type", "text/plain; charset=utf-8")
                    .containsEntry("cache-control", "no-store")
                    .containsKey("x-request-id")
                    .doesNotContainKey("server");
        }
    }

    @Test
    void connectionServesManyRequests() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            for (int i = 0; i < 20; i++) {
                var answer = client.ask(request("POST /echo", "Content-Length: 2") + i % 10 + "!");
                assertThat(answer.status()).isEqualTo(201);
                assertThat(answer.text()).isEqualTo(i % 10 + "!");
                assertThat(answer.headers()).containsEntry("dpop-nonce", "n1");
            }
        }
    }

    // The library's other pool runs the first request of a connection on a platform thread.
    @Test
    void handlersRunOnVirtualThreadsFromTheFirstRequestOn() throws Exception {
        for (int i = 0; i < 10; i++) {
            try (var client = RawClient.connect(server.port())) {
                assertThat(client.ask(request("GET /thread")).text()).isEqualTo("true");
            }
        }
    }

    @Test
    void chunkedBodyArrivesWhole() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var answer =
                    client.ask(
                            request("POST /echo", "Transfer-Encoding: chunked")
                                    + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(answer.text()).isEqualTo("abcde");
        }
    }

    @Test
    void handlerSeesQueryHeadersAndOwnCertificate() throws Exception {
        CALLS.clear();
        try (var client = RawClient.connect(server.port())) {
            client.ask(request("GET /see?a=%C3%A9+b&c", "Authorization: DPoP t"));
        }
        Call call = CALLS.getFirst();
        assertThat(call.query()).isEqualTo(Map.of("a", "é b", "c", ""));
        assertThat(call.header("AUTHORIZATION")).contains("DPoP t");
        assertThat(call.header("dpop")).isEmpty();
        assertThat(call.serverChain()).isEqualTo(IDENTITY.chain());
        assertThat(call.toString()).doesNotContain("DPoP t");
    }

    @Test
    void headerSentTwiceIsRefusedWhenItIsRead() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var answer =
                    client.ask(request("POST /once", "DPoP: a", "DPoP: b", "Content-Length: 0"));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("more than once");
        }
    }

    @Test
    void unknownPathIs404AndWrongMethod405() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var unknown = client.ask(request("GET /nowhere"));
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.text())
                    .isEqualTo(
                            """
                            {"error":"invalid_request",\
                            "error_description":"There is nothing at this path."}""");
            var wrong = client.ask(request("DELETE /echo"));
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.headers()).containsEntry("allow", "POST");
        }
    }

    @Test
    void handlersFailureIsLoggedOnceAndTellsTheClientNothing() throws Exception {
        try (var log = new LogLines();
                var client = RawClient.connect(server.port())) {
            var answer = client.ask(request("GET /fails"));
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text())
                    .contains("server_error")
                    .doesNotContain("secret", "Exception");
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst().getFormattedMessage())
                    .contains(answer.headers().get("x-request-id"));
            assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
        }
    }

    @Test
    void http2WorksSideBySide() throws Exception {
        try (var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .sslContext(RawClient.trustingContext())
                        .build()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + server.port() + "/echo"))
                            .POST(HttpRequest.BodyPublishers.ofString("over two"))
                            .build();
            var answer = client.send(request, BodyHandlers.ofString(ISO_8859_1));
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo("over two");
            assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        }
    }

    @Test
    void tls12IsRefused() {
        assertThatIOException()
                .isThrownBy(
                        () ->
                                RawClient.connect(
                                        RawClient.trustingContext(),
                                        server.port(),
                                        "TLSv1.2",
                                        "http/1.1"));
    }

    @Test
    void sessionIsResumed() throws Exception {
        var context = RawClient.trustingContext();
        long created;
        try (var client = RawClient.connect(context, server.port())) {
            client.ask(request("GET /livez"));
            created = client.socket().getSession().getCreationTime();
        }
        try (var client = RawClient.connect(context, server.port())) {
            client.ask(request("GET /livez"));
            assertThat(client.socket().getSession().getCreationTime()).isEqualTo(created);
        }
    }

    @Test
    void portInUseIsAnIoException() {
        var config = WebServerConfig.on("127.0.0.1", server.port());
        assertThatThrownBy(() -> WebServer.start(config, IDENTITY, List.of()))
                .isInstanceOf(java.io.IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
    }

    @Test
    void wrappedRouteKeepsAllButItsHandler() throws Exception {
        Route route = Route.post("/echo", 9, call -> Reply.json(200, call.body()));
        Route wrapped =
                route.withHandler(call -> route.handler().handle(call).withHeader("X-Seen", "1"));
        Reply reply = wrapped.handler().handle(Call.of("POST", "/echo", Bytes.utf8("b")));
        assertThat(reply.headers()).containsEntry("X-Seen", "1");
        assertThat(wrapped.withHandler(route.handler())).isEqualTo(route);
    }
}
