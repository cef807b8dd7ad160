package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/// Requests over HTTP/1.1 that are malformed, ambiguous or too large.
class HostileRequestTest {
    private static final int LIMIT = 1024;
    private static final String SMUGGLED = request("GET /smuggled");
    private static final AtomicInteger SMUGGLED_CALLS = new AtomicInteger();
    private static WebServer server;

    static final List<Arguments> FRAMING =
            List.of(
                    hostile(
                            "same length twice",
                            post("Content-Length: 2", "Content-Length: 2") + "ab"),
                    hostile("two lengths", post("Content-Length: 2", "Content-Length: 3") + "abc"),
                    hostile("length list", post("Content-Length: 2, 2") + "ab"),
                    hostile(
                            "length and chunked",
                            post("Content-Length: 5", "Transfer-Encoding: chunked")
                                    + "0\r\n\r\n"
                                    + SMUGGLED),
                    hostile(
                            "chunked and length",
                            post("Transfer-Encoding: chunked", "Content-Length: 5")
                                    + "0\r\n\r\n"
                                    + SMUGGLED),
                    hostile("negative length", post("Content-Length: -1")),
                    hostile("signed length", post("Content-Length: +5") + "abcde"),
                    hostile("length with letters", post("Content-Length: 5x") + "abcde"),
                    hostile("empty length", post("Content-Length: ")),
                    hostile("hexadecimal length", post("Content-Length: 0x5") + "abcde"),
                    hostile("length beyond 64 bits", post("Content-Length: 99999999999999999999")),
                    hostile("chunk size overflow", chunked("fffffffffffffffff\r\nabc")),
                    hostile("negative chunk size", chunked("-1\r\nabc\r\n0\r\n\r\n")),
                    hostile("chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")),
                    hostile("chunk without its CRLF", chunked("3\r\nabcX0\r\n\r\n" + SMUGGLED)),
                    hostile("chunk longer than said", chunked("1\r\nabc\r\n0\r\n\r\n" + SMUGGLED)),
                    hostile("chunk size ended by LF", chunked("3\nabc\r\n0\r\n\r\n")),
                    hostile(
                            "chunk extension of 1 MiB",
                            chunked("3;" + "x".repeat(1 << 20) + "\r\nabc\r\n0\r\n\r\n")),
                    hostile(
                            "gzip, chunked",
                            post("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n" + SMUGGLED),
                    hostile(
                            "chunked twice",
                            post("Transfer-Encoding: chunked, chunked") + "0\r\n\r\n"),
                    hostile(
                            "chunked in two lines",
                            post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")
                                    + "0\r\n\r\n"),
                    hostile(
                            "chunked, identity",
                            post("Transfer-Encoding: chunked, identity") + "0\r\n\r\n"),
                    hostile("identity", post("Transfer-Encoding: identity") + "0\r\n\r\n"),
                    hostile("unknown coding", post("Transfer-Encoding: xchunked") + "0\r\n\r\n"),
                    hostile(
                            "vertical tab before chunked",
                            post("Transfer-Encoding: \u000bchunked") + "0\r\n\r\n"),
                    hostile(
                            "space before the colon",
                            post("Transfer-Encoding : chunked") + "0\r\n\r\n" + SMUGGLED),
                    hostile(
                            "coding in HTTP/1.0",
                            "POST /sign HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));

    static final List<Arguments> HEADS =
            List.of(
                    hostile("bare LF", "GET /livez HTTP/1.1\nHost: x\n\n"),
                    hostile("LF after a header", "GET /livez HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"),
                    hostile("LF as the empty line", "GET /livez HTTP/1.1\r\nHost: x\r\n\n"),
                    hostile("bare CR", request("GET /livez", "A: b\rC: d")),
                    hostile("NUL in a value", request("GET /livez", "A: b\u0000c")),
                    hostile("NUL in a name", request("GET /livez", "A\u0000: b")),
                    hostile("folded header", request("GET /livez", "A: b", " c")),
                    hostile("folded first header", "GET /livez HTTP/1.1\r\n Host: x\r\n\r\n"),
                    hostile("header without a name", request("GET /livez", ": b")),
                    hostile("header without a colon", request("GET /livez", "Abc")),
                    hostile("space in a name", request("GET /livez", "A B: c")),
                    hostile("two hosts", request("GET /livez", "Host: y")),
                    hostile("no host", "GET /livez HTTP/1.1\r\n\r\n"),
                    hostile("host with a space", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n"),
                    hostile("host with a user", "GET /livez HTTP/1.1\r\nHost: u@x\r\n\r\n"),
                    hostile("absolute form of another host", request("GET https://other/livez")),
                    hostile("absolute form with a user", request("GET https://u@x/livez")),
                    hostile("method with a special character", request("g@t /livez")),
                    hostile(
                            "binary garbage",
                            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"));

    static final List<Arguments> TARGETS =
            Stream.of(
                            "/%ff%fe",
                            "/%00",
                            "/%2e%2e/livez",
                            "/x/../livez",
                            "/./livez",
                            "//livez",
                            "/livez;x=y",
                            "/livez;",
                            "/l%69vez",
                            "/livez%3fa",
                            "/livez%zz",
                            "/livez%",
                            "/x%5c..%5clivez",
                            "/livez#f",
                            "livez",
                            "/livez?%zz",
                            "/livez?a=%",
                            "/livez?a=%f",
                            "/livez?a=%ff",
                            "/livez?a=%00",
                            "/livez?a=1&a=2",
                            "/livez?=1",
                            "/livez?a&&b",
                            "/livez?a=\"",
                            "/livez?a=\u00e9",
                            "/livez?a=|",
                            "/li\u00e9vez")
                    .map(target -> hostile(target, request("GET " + target)))
                    .toList();

    static final List<Arguments> OTHERS =
            List.of(
                    Arguments.of("slash within an escape", request("GET /livez%2f"), 400),
                    Arguments.of("TRACE", request("TRACE /livez"), 405),
                    Arguments.of("unknown method", request("FOO /livez"), 405),
                    Arguments.of("CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 404),
                    Arguments.of("OPTIONS *", request("OPTIONS *"), 404),
                    Arguments.of("HTTP/3.0", "GET /livez HTTP/3.0\r\nHost: x\r\n\r\n", 505),
                    Arguments.of("HTTP/0.9", "GET /livez\r\n\r\n", 505),
                    Arguments.of(
                            "1 MiB header",
                            request("GET /livez", "A: " + "b".repeat(1 << 20)),
                            431),
                    Arguments.of(
                            "2000 headers",
                            request("GET /livez", "A: 12345678\r\n".repeat(2000)),
                            431),
                    Arguments.of(
                            "100 headers of 8 KiB",
                            request("GET /livez", ("A: " + "b".repeat(8192) + "\r\n").repeat(100)),
                            431),
                    Arguments.of("20 KiB target", request("GET /" + "a".repeat(20 << 10)), 414),
                    Arguments.of("body one over", post("Content-Length: " + (LIMIT + 1)), 413),
                    Arguments.of("50 MiB announced", post("Content-Length: 52428800"), 413),
                    Arguments.of(
                            "chunked over the limit",
                            chunked("3ff\r\n" + "a".repeat(1023) + "\r\n2\r\nab\r\n0\r\n\r\n"),
                            413),
                    Arguments.of(
                            "3 MiB chunked",
                            chunked("300000\r\n" + "a".repeat(3 << 20) + "\r\n0\r\n\r\n"),
                            413),
                    Arguments.of(
                            "too large, expects to be asked",
                            post("Expect: 100-continue", "Content-Length: 52428800"),
                            413),
                    Arguments.of(
                            "unknown expectation", post("Expect: tea", "Content-Length: 0"), 417),
                    Arguments.of(
                            "body of a GET", request("GET /livez", "Content-Length: 1") + "a", 413),
                    Arguments.of(
                            "encoded body",
                            post("Content-Encoding: gzip", "Content-Length: 2") + "ab",
                            415));

    @BeforeAll
    static void start() throws Exception {
        server =
                WebServer.start(
                        Limits.patient(),
                        TestIdentity.create("localhost"),
                        List.of(
                                Route.health("/livez", _ -> Reply.text(200, "alive")),
                                Route.post(
                                        "/sign",
                                        LIMIT,
                                        call -> Reply.text(200, "signed " + call.body().size())),
                                Route.get(
                                        "/smuggled",
                                        _ -> {
                                            SMUGGLED_CALLS.incrementAndGet();
                                            return Reply.text(200, "smuggled");
                                        })));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        SMUGGLED_CALLS.set(0);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("FRAMING")
    void ambiguousFramingIsRefusedAndEndsTheConnection(String name, String octets)
            throws Exception {
        try (var client = RawClient.connect(server.port())) {
            requireSilent(client.ask(octets), 400);
            client.untilClosed();
        }
        assertThat(SMUGGLED_CALLS).hasValue(0);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("HEADS")
    void malformedHeadIsRefused(String name, String octets) throws Exception {
        try (var client = RawClient.connect(server.port())) {
            requireSilent(client.ask(octets), 400);
        }
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("TARGETS")
    void targetThatCouldBeReadInTwoWaysIsRefused(String name, String octets) throws Exception {
        try (var client = RawClient.connect(server.port())) {
            requireSilent(client.ask(octets), 400);
        }
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("OTHERS")
    void refusalHasItsOwnStatus(String name, String octets, int status) throws Exception {
        try (var client = RawClient.connect(server.port())) {
            requireSilent(client.ask(octets), status);
        }
    }

    @Test
    void bodyAtTheLimitIsTaken() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var answer = client.ask(post("Content-Length: " + LIMIT) + "a".repeat(LIMIT));
            assertThat(answer.text()).isEqualTo("signed " + LIMIT);
        }
    }

    @Test
    void clientThatExpectsToBeAskedIsAsked() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(post("Expect: 100-continue", "Content-Length: 2"));
            assertThat(client.line()).startsWith("HTTP/1.1 100");
            assertThat(client.line()).isEmpty();
            assertThat(client.ask("ab").text()).isEqualTo("signed 2");
        }
    }

    @Test
    void tooLargeBodyIsRefusedWithoutAskingForIt() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            client.send(post("Expect: 100-continue", "Content-Length: 52428800"));
            assertThat(client.line()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void unreadBodyIsNeverTakenForTheNextRequest() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            String body = SMUGGLED.repeat(20_000);
            var answer =
                    client.ask(request("POST /nowhere", "Content-Length: " + body.length()) + body);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.headers()).containsEntry("connection", "close");
            client.untilClosed();
        } catch (IOException _) {
            // Reset while it was still sending: refused as well.
        }
        assertThat(SMUGGLED_CALLS).hasValue(0);
    }

    @Test
    void http10IsAnsweredAndClosed() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            assertThat(client.ask("GET /livez HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
            client.untilClosed();
        }
    }

    @Test
    void upgradeWithinTlsIsIgnored() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            var answer =
                    client.ask(
                            request(
                                    "GET /livez",
                                    "Connection: Upgrade, HTTP2-Settings",
                                    "Upgrade: h2c",
                                    "HTTP2-Settings: AAMAAABkAAQAAP__"));
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    private static void requireSilent(RawClient.Answer answer, int status) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("cache-control", "no-store")
                .containsKey("x-request-id")
                .doesNotContainKey("server");
        if (!answer.text().isEmpty()) {
            assertThat(answer.text())
                    .matches("\\{\"error\":\"[a-z_]+\",\"error_description\":\"[A-Za-z0-9 ;.-]+\"}")
                    .doesNotContainIgnoringCase("jetty")
                    .doesNotContainIgnoringCase("custodian")
                    .doesNotContainIgnoringCase("exception")
                    .doesNotContain("java", "org.", "dev.");
        }
    }

    private static Arguments hostile(String name, String octets) {
        return Arguments.of(name, octets);
    }

    private static String post(String... headers) {
        return request("POST /sign", headers);
    }

    private static String chunked(String chunks) {
        return post("Transfer-Encoding: chunked") + chunks;
    }
}
