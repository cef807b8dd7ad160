package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class IdleConnectionsTest {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void thousandIdleConnectionsAreHeldAndStillAnswered() throws Exception {
        try (var server = start(2000);
                var connections = IdleConnections.open(server.port(), 1000);
                var other = RawClient.connect(server.port())) {
            await().until(() -> server.connections() == 1001);
            assertThat(other.ask(request("GET /livez")).status()).isEqualTo(200);
            assertThat(connections.everyTenthAnswered()).isEqualTo(100);
        }
    }

    @Test
    void connectionBeyondTheLimitWaitsUntilAnotherEnds() throws Exception {
        try (var server = start(2);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = RawClient.connect(server.port());
            try (var second = RawClient.connect(server.port())) {
                await().until(() -> server.connections() == 2);
                var third =
                        callers.submit(
                                () -> {
                                    try (var client = RawClient.connect(server.port())) {
                                        return client.ask(request("GET /livez")).status();
                                    }
                                });
                second.socket().setSoTimeout(300);
                assertThatThrownBy(second::line).isInstanceOf(SocketTimeoutException.class);
                assertThat(third.isDone()).isFalse();
                first.close();
                assertThat(third.get()).isEqualTo(200);
            }
        }
    }

    static WebServer start(int connections) throws Exception {
        var config =
                new WebServerConfig(
                        "127.0.0.1",
                        0,
                        LONG,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        16 << 10,
                        8 << 10,
                        connections,
                        8,
                        8,
                        Duration.ofSeconds(1),
                        1 << 20,
                        Duration.ofSeconds(3),
                        false);
        return WebServer.start(
                config, IDENTITY, List.of(Route.health("/livez", _ -> Reply.text(200, "alive"))));
    }
}
