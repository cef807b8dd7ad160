package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverloadTest {
    private static final TlsIdentity IDENTITY = TestIdentity.create("localhost");
    private static final int RUNNING = 4;
    private static final int WAITING = 2;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        server = start(64 << 20, Duration.ofMillis(500));
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    @Test
    void busyServerRefusesAtOnceAndIsNotTakenForDead() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<RawClient.Answer>> busy = occupy(callers);
            // The waiting ones get no turn in time.
            for (Future<RawClient.Answer> waiting : ended(busy, WAITING)) {
                requireBusy(waiting.get());
            }
            var more = new ArrayList<Future<RawClient.Answer>>();
            for (int i = 0; i < 20; i++) {
                more.add(callers.submit(call(request("GET /work"))));
            }
            try (var client = RawClient.connect(server.port())) {
                for (int i = 0; i < 10; i++) {
                    assertThat(client.ask(request("GET /livez")).status()).isEqualTo(200);
                }
            }
            for (Future<RawClient.Answer> refused : more) {
                requireBusy(refused.get());
            }
            released.countDown();
            assertThat(busy.stream().filter(f -> answer(f).status() == 200)).hasSize(RUNNING);
        }
    }

    @Test
    void waitingCallGetsItsTurn() throws Exception {
        server.close();
        server = start(64 << 20, Duration.ofSeconds(30));
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var busy = new ArrayList<Future<RawClient.Answer>>();
            for (int i = 0; i < RUNNING; i++) {
                busy.add(callers.submit(call(request("GET /work"))));
            }
            await().until(() -> running.get() == RUNNING);
            var waiting = callers.submit(call(request("GET /quick")));
            released.countDown();
            assertThat(waiting.get().status()).isEqualTo(200);
            assertThat(busy).allSatisfy(call -> assertThat(call.get().status()).isEqualTo(200));
        }
    }

    @Test
    void failedAndRefusedCallsGiveTheirPlaceBack() throws Exception {
        try (var client = RawClient.connect(server.port())) {
            for (int i = 0; i < RUNNING + WAITING + 1; i++) {
                assertThat(client.ask(request("GET /refuses")).status()).isEqualTo(409);
            }
            assertThat(client.ask(request("GET /quick")).status()).isEqualTo(200);
        }
    }

    // Their bodies are read before they take a place.
    @Test
    void slowSendersHoldNoPlace() throws Exception {
        var senders = new ArrayList<RawClient>();
        try (var client = RawClient.connect(server.port())) {
            for (int i = 0; i < 2 * (RUNNING + WAITING); i++) {
                senders.add(
                        RawClient.connect(server.port())
                                .send(request("POST /body", "Content-Length: 9")));
            }
            await().until(() -> server.connections() == senders.size() + 1);
            assertThat(client.ask(request("GET /quick")).status()).isEqualTo(200);
        }
        for (RawClient sender : senders) {
            sender.close();
        }
    }

    @Test
    void bodiesTogetherTakeNoMoreThanTheirMemory() throws Exception {
        try (var small = start(1000, Duration.ofMillis(500));
                var first = RawClient.connect(small.port());
                var second = RawClient.connect(small.port())) {
            first.send(request("POST /body", "Content-Length: 700") + "a".repeat(699));
            await().until(
                            () ->
                                    second.ask(
                                                            request(
                                                                            "POST /body",
                                                                            "Content-Length: 400")
                                                                    + "b".repeat(400))
                                                    .status()
                                            == 503);
            assertThat(first.ask("a").status()).isEqualTo(200);
            assertThat(
                            second.ask(
                                            request("POST /body", "Content-Length: 400")
                                                    + "b".repeat(400))
                                    .status())
                    .isEqualTo(200);
        }
    }

    private List<Future<RawClient.Answer>> occupy(java.util.concurrent.ExecutorService callers) {
        var calls = new ArrayList<Future<RawClient.Answer>>();
        for (int i = 0; i < RUNNING + WAITING; i++) {
            calls.add(callers.submit(call(request("GET /work"))));
        }
        await().until(() -> running.get() == RUNNING);
        return calls;
    }

    private static List<Future<RawClient.Answer>> ended(
            List<Future<RawClient.Answer>> calls, int count) {
        await().until(() -> calls.stream().filter(Future::isDone).count() == count);
        return calls.stream().filter(Future::isDone).toList();
    }

    private Callable<RawClient.Answer> call(String octets) {
        return () -> {
            try (var client = RawClient.connect(server.port())) {
                return client.ask(octets);
            }
        };
    }

    private static RawClient.Answer answer(Future<RawClient.Answer> call) {
        await().until(call::isDone);
        return call.resultNow();
    }

    private static void requireBusy(RawClient.Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("retry-after", "1");
        assertThat(answer.text()).contains("temporarily_unavailable");
    }

    private WebServer start(long bodyMemory, Duration turn) throws Exception {
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
                        RUNNING,
                        WAITING,
                        turn,
                        bodyMemory,
                        Duration.ofSeconds(3),
                        false);
        return WebServer.start(
                config,
                IDENTITY,
                List.of(
                        Route.health("/livez", _ -> Reply.text(200, "alive")),
                        Route.get("/quick", _ -> Reply.text(200, "quick")),
                        Route.post(
                                "/body",
                                4096,
                                call -> Reply.json(200, Bytes.u32(call.body().size()))),
                        Route.get(
                                "/refuses",
                                _ -> {
                                    throw new CallRefused(409, "Not like this.");
                                }),
                        Route.get(
                                "/work",
                                _ -> {
                                    running.incrementAndGet();
                                    released.await();
                                    return Reply.text(200, "done");
                                })));
    }
}
