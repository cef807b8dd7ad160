package dev.custodian.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A transport that somebody ends while others send.
class TransportTest {
    private static final int ROUNDS = 100;
    private static final int SENDERS = 4;

    @Test
    void whoSendsWhileItIsEndedHasLostTheConnectionAndNothingElse() throws Exception {
        try (var server = new FakeServer()) {
            sendAndEnd(URI.create(server.invitation().base() + "/identity"));
        }
    }

    private static void sendAndEnd(URI uri) throws Exception {
        var request = HttpRequest.newBuilder(uri).GET().build();
        var lost = new AtomicInteger();
        var other = new ConcurrentLinkedQueue<Throwable>();
        for (int round = 0; round < ROUNDS; round++) {
            var transport = new Transport(_ -> true, Duration.ofSeconds(10));
            var under = new CountDownLatch(SENDERS);
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                senders.add(
                        Thread.startVirtualThread(
                                () -> {
                                    under.countDown();
                                    try {
                                        while (true) {
                                            transport.send(request);
                                        }
                                    } catch (Transport.LostException _) {
                                        lost.incrementAndGet();
                                    } catch (Throwable e) {
                                        other.add(e);
                                    }
                                }));
            }
            under.await();
            transport.close();
            for (var sender : senders) {
                sender.join();
            }
        }
        assertThat(other).isEmpty();
        assertThat(lost).hasValue(ROUNDS * SENDERS);
    }
}
