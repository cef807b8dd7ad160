package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.lang.Thread.State;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyedLocksTest {
    private static final int MOST = 100;

    private final KeyedLocks<String> locks = new KeyedLocks<>();

    @Test
    void oneKeyIsHeldByOneAtATime() throws Exception {
        var entered = new AtomicInteger();
        var second =
                Thread.ofVirtual()
                        .unstarted(
                                () -> {
                                    holdAndRelease();
                                    entered.incrementAndGet();
                                });
        try (var _ = locks.hold("key")) {
            second.start();
            await().until(() -> second.getState() == State.WAITING);
            assertThat(entered).hasValue(0);
        }
        second.join();
        assertThat(entered).hasValue(1);
    }

    @Test
    void anotherKeyIsFree() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var _ = locks.hold("key")) {
            var other =
                    threads.submit(
                            () -> {
                                locks.hold("other").close();
                                return true;
                            });
            assertThat(other.get()).isTrue();
        }
    }

    @Test
    void aHundredHoldOrWaitForAKeyAndPlacesBecomeFreeAgain() throws Exception {
        for (int round = 0; round < 2; round++) {
            var done = new AtomicInteger();
            var waiting = new ArrayList<Thread>();
            try (var _ = locks.hold("key")) {
                for (int i = 1; i < MOST; i++) {
                    waiting.add(
                            Thread.startVirtualThread(
                                    () -> {
                                        holdAndRelease();
                                        done.incrementAndGet();
                                    }));
                }
                await().until(() -> waiting.stream().allMatch(t -> t.getState() == State.WAITING));
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> locks.hold("key"))
                            .isInstanceOfSatisfying(
                                    Refused.class,
                                    refused ->
                                            assertThat(refused.kind()).isEqualTo(FailureKind.BUSY));
                }
                locks.hold("other").close();
                assertThat(done).hasValue(0);
            }
            for (var thread : waiting) {
                thread.join();
            }
            assertThat(done).hasValue(MOST - 1);
        }
    }

    private void holdAndRelease() {
        try {
            locks.hold("key").close();
        } catch (Refused e) {
            throw new AssertionError(e);
        }
    }
}
