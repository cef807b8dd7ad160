package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.custodian.core.Secret;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OneThreadTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    /// Waited for in vain, and still long enough for what is done at once, on a machine that does
    /// much else.
    private static final Duration SHORT = Duration.ofSeconds(1);

    /// One whose thread runs, so that what it is told begins at once.
    private static OneThread running() throws DeviceException {
        var thread = new OneThread("test", SHORT);
        assertThat(thread.call(() -> "runs")).isEqualTo("runs");
        return thread;
    }

    private static void refused(DeviceFailure failure, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.failure()).isEqualTo(failure));
    }

    private static void await(CountDownLatch latch) {
        for (boolean waits = true; waits; ) {
            try {
                latch.await();
                waits = false;
            } catch (InterruptedException e) {
                // as a device driver does not hear it
            }
        }
    }

    @Test
    void deviceThatHangsIsToldAtOnceUntilItComesBack() throws Exception {
        var release = new CountDownLatch(1);
        try (var thread = running()) {
            refused(
                    DeviceFailure.STORE_SILENT,
                    () ->
                            thread.call(
                                    () -> {
                                        await(release);
                                        return "late";
                                    }));
            refused(DeviceFailure.STORE_SILENT, () -> thread.call(() -> "never run"));
            release.countDown();
            org.awaitility.Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> thread.call(() -> "back").equals("back"));
        }
    }

    /// Whoever gave it has wiped its PIN by then.
    @Test
    void whatDidNotBeginInTimeIsNeverDone() throws Exception {
        var began = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var done = new AtomicBoolean();
        try (var thread = running()) {
            var first =
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            refused(
                                                    DeviceFailure.STORE_SILENT,
                                                    () ->
                                                            thread.call(
                                                                    () -> {
                                                                        began.countDown();
                                                                        await(release);
                                                                        return "late";
                                                                    })));
            began.await();
            refused(DeviceFailure.STORE_SILENT, () -> thread.call(() -> done.getAndSet(true)));
            first.join();
            release.countDown();
            org.awaitility.Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> thread.call(() -> "back").equals("back"));
            assertThat(done).isFalse();
            assertThat(thread.call(() -> done.getAndSet(true))).isFalse();
            assertThat(done).isTrue();
        }
    }

    /// A secret that is wiped, a key that nobody would ever use.
    @Test
    void whatComesTooLateIsPutAwayAndWhatComesInTimeIsNot() throws Exception {
        var release = new CountDownLatch(1);
        var late = Secret.owning(new byte[] {1});
        var inTime = Secret.owning(new byte[] {1});
        try (var thread = running()) {
            refused(
                    DeviceFailure.STORE_SILENT,
                    () ->
                            thread.call(
                                    () -> {
                                        await(release);
                                        return late;
                                    },
                                    Secret::close));
            assertThat(late.expose()).containsExactly(1);
            release.countDown();
            org.awaitility.Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> thread.call(() -> inTime, Secret::close).equals(inTime));
        }
        assertThatIllegalStateException().isThrownBy(late::expose);
        assertThat(inTime.expose()).containsExactly(1);
    }

    @Test
    void callerThatIsInterruptedWaitsForTheDeviceAndStaysInterrupted() throws Exception {
        try (var thread = new OneThread("test", LONG)) {
            Thread.currentThread().interrupt();
            assertThat(thread.call(() -> "done")).isEqualTo("done");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void whatTheDeviceThrowsIsThrownToWhoAsked() {
        try (var thread = new OneThread("test", LONG)) {
            refused(
                    DeviceFailure.STORE_FULL,
                    () ->
                            thread.call(
                                    () -> {
                                        throw new DeviceException(DeviceFailure.STORE_FULL);
                                    }));
            assertThatIllegalStateException()
                    .isThrownBy(
                            () ->
                                    thread.call(
                                            () -> {
                                                throw new IllegalStateException("a fault");
                                            }));
        }
    }

    @Test
    void endedThreadDoesItsLastAndNothingAfter() throws Exception {
        var last = new CountDownLatch(1);
        try (var thread = new OneThread("test", LONG)) {
            thread.end(last::countDown);
            thread.end(last::countDown);
            last.await();
            refused(DeviceFailure.CLOSED, () -> thread.call(() -> "never run"));
        }
    }
}
