package dev.custodian.agent.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.client.Credential;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final Credential LOGIN = credential(Purpose.LOGIN);
    private static final Credential CODE = credential(Purpose.CODE);

    private List<Credential> told = List.of();
    private boolean away;
    private final KeyRing ring = new KeyRing(this::list);

    private static Credential credential(Purpose purpose) {
        return TestCredentials.of(KeyAlgorithm.P256, purpose, "a").credential();
    }

    private List<Credential> list() throws Refused {
        if (away) {
            throw new Refused(FailureKind.SERVER_UNREACHABLE);
        }
        return told;
    }

    @Test
    void whatCannotSignIsLeftOut() throws Exception {
        var disabled =
                new Credential(
                        LOGIN.id(),
                        "",
                        LOGIN.algorithm(),
                        LOGIN.chain(),
                        false,
                        1,
                        Purpose.LOGIN,
                        LOGIN.custody());
        var uncertified =
                new Credential(
                        LOGIN.id(),
                        "",
                        LOGIN.algorithm(),
                        List.of(),
                        true,
                        1,
                        Purpose.LOGIN,
                        LOGIN.custody());
        told = List.of(disabled, uncertified, CODE, LOGIN);
        ring.refresh();
        assertThat(ring.credentials(Purpose.LOGIN, Purpose.CODE)).containsExactly(LOGIN, CODE);
        assertThat(ring.credentials(Purpose.DOCUMENT)).isEmpty();
    }

    @Test
    void whatWasKnownStaysKnownWhileTheServerIsAway() throws Exception {
        away = true;
        assertThatExceptionOfType(Refused.class).isThrownBy(ring::refresh);
        assertThat(ring.credentials(Purpose.LOGIN)).isEmpty();
        away = false;
        told = List.of(LOGIN);
        ring.refresh();
        away = true;
        assertThatExceptionOfType(Refused.class).isThrownBy(ring::refresh);
        assertThat(ring.credentials(Purpose.LOGIN)).containsExactly(LOGIN);
    }

    @Test
    void programThatAsksAtOnceWaitsForTheFirstLook() throws Exception {
        told = List.of(LOGIN);
        var waiting = new FutureTask<>(() -> ring.credentials(Purpose.LOGIN));
        var thread = Thread.ofPlatform().start(waiting);
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        ring.refresh();
        assertThat(waiting.get()).containsExactly(LOGIN);
    }

    @Test
    void nobodyWaitsOnceTheFirstLookHasFailed() {
        ring.looked();
        assertThat(ring.credentials(Purpose.LOGIN)).isEmpty();
    }
}
