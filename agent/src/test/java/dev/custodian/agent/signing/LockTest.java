package dev.custodian.agent.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class LockTest {
    private final Lock lock = new Lock(new SecureRandom());

    private static Secret words(int octet) {
        return Secret.owning(new byte[] {(byte) octet});
    }

    private void isRefused(int octet) {
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> lock.open(words(octet)));
    }

    @Test
    void onlyThePassphraseThatClosedItOpensIt() throws Exception {
        isRefused(1);
        lock.close(words(1));
        assertThat(lock.isLocked()).isTrue();
        isRefused(2);
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> lock.close(words(2)));
        isRefused(2);
        lock.open(words(1));
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void guessesEnd() throws Exception {
        lock.close(words(1));
        for (int i = 0; i < Lock.MOST_TRIES; i++) {
            isRefused(2);
        }
        isRefused(1);
        assertThat(lock.isLocked()).isTrue();
    }
}
