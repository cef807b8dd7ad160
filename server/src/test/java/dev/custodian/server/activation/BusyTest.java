package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.PIN;
import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one owner or invited newcomer can take from the others: PINs are hashed slowly, so here
/// they are not hashed at all until the test says so.
class BusyTest {
    @TempDir Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
    }

    @AfterEach
    void stop() {
        threads.close();
        rig.close();
    }

    private static long refused(List<? extends Future<?>> futures, FailureKind kind)
            throws InterruptedException {
        long count = 0;
        for (var future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                Refused.class, r -> assertThat(r.kind()).isEqualTo(kind));
                count++;
            }
        }
        return count;
    }

    @Test
    void storeIsReadWhilePinsAreHashed() throws Exception {
        var requests = new ArrayList<Callable<Object>>();
        for (int i = 0; i < 8; i++) {
            var agent = rig.enrol();
            var credential = rig.credential(agent.owner, Custody.OWNER_SEALED);
            requests.add(() -> agent.authorize(agent.request(credential, digest("one"))));
        }
        int all = rig.pins.running.drainPermits();
        var running = requests.stream().map(threads::submit).toList();
        await().until(() -> rig.pins.running.getQueueLength() == running.size());
        var read =
                threads.submit(
                        () -> {
                            rig.store.read().close();
                            return true;
                        });
        try {
            assertThat(read.get(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            rig.pins.running.release(all);
        }
        for (var one : running) {
            assertThat(one.get()).isNotNull();
        }
    }

    @Test
    void oneDeviceDoesNotTakeAllPlaces() throws Exception {
        var ada = rig.enrol();
        var credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        int all = rig.pins.running.drainPermits();
        var running = new ArrayList<Future<Authorized>>();
        var request = ada.request(credential, digest("one"));
        for (int i = 0; i < 140; i++) {
            running.add(threads.submit(() -> ada.authorize(request)));
        }
        try {
            await().until(() -> running.stream().filter(Future::isDone).count() >= 40);
        } finally {
            rig.pins.running.release(all);
        }
        assertThat(refused(running, FailureKind.BUSY)).isEqualTo(40);
        assertThat(running.stream().filter(one -> one.state() == Future.State.SUCCESS))
                .hasSize(100);
    }

    @Test
    void oneInvitationHashesOnePin() throws Exception {
        var invitation = rig.invite();
        int all = rig.pins.running.drainPermits();
        var running = new ArrayList<Future<Enrolment.Enrolled>>();
        for (int i = 0; i < 6; i++) {
            var request = rig.new Agent().enrolment(invitation, PIN);
            running.add(threads.submit(() -> rig.module.enrolment().enrol(request)));
        }
        try {
            await().until(() -> rig.pins.running.getQueueLength() > 0);
            await().during(300, TimeUnit.MILLISECONDS)
                    .until(() -> rig.pins.running.getQueueLength() == 1);
        } finally {
            rig.pins.running.release(all);
        }
        assertThat(refused(running, FailureKind.INVITATION_REFUSED)).isEqualTo(5);
    }
}
