package dev.custodian.agent.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.client.Credential;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.security.cert.X509Certificate;
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

    private static Credential like(
            Credential one, Purpose purpose, List<X509Certificate> chain, boolean enabled) {
        return new Credential(
                one.id(),
                "",
                one.algorithm(),
                one.chain().getFirst().getPublicKey(),
                chain,
                enabled,
                1,
                purpose,
                one.custody(),
                one.origin());
    }

    private List<Credential> list() throws Refused {
        if (away) {
            throw new Refused(FailureKind.SERVER_UNREACHABLE);
        }
        return told;
    }

    @Test
    void whatCannotSignIsLeftOut() throws Exception {
        var disabled = like(LOGIN, Purpose.LOGIN, LOGIN.chain(), false);
        var uncertified = like(LOGIN, Purpose.DOCUMENT, List.of(), true);
        told = List.of(disabled, uncertified, CODE, LOGIN);
        ring.refresh();
        assertThat(ring.credentials(Purpose.LOGIN, Purpose.CODE)).containsExactly(LOGIN, CODE);
        assertThat(ring.credentials(Purpose.DOCUMENT)).isEmpty();
    }

    @Test
    void loginsAndCodeNeedNoCertificate() throws Exception {
        var login = like(LOGIN, Purpose.LOGIN, List.of(), true);
        var code = like(CODE, Purpose.CODE, List.of(), true);
        told = List.of(login, code);
        ring.refresh();
        assertThat(ring.credentials(Purpose.LOGIN, Purpose.CODE)).containsExactly(login, code);
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
