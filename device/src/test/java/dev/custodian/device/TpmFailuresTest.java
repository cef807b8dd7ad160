package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.device.tpm.Meaning;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpmFailuresTest {
    @ParameterizedTest
    @CsvSource({
        "AUTH_FAIL, PIN_WRONG",
        "BAD_AUTH, PIN_WRONG",
        "LOCKOUT, PIN_LOCKED",
        "INTEGRITY, KEY_FOREIGN",
        "HANDLE, KEY_FOREIGN",
        "ANOTHER_PARENT, KEY_FOREIGN",
        "OBJECT_MEMORY, STORE_FULL",
        "SESSION_MEMORY, STORE_FULL",
        "RETRY, STORE_BUSY",
        "BLOCKED, STORE_DENIED",
        "CURVE, UNSUPPORTED",
        "VALUE, UNSUPPORTED",
        "FORGED_ANSWER, STORE_LIED",
        "MALFORMED_ANSWER, STORE_LIED",
        "FAILURE, STORE_BROKEN",
        "OTHER, STORE_BROKEN"
    })
    void answerOfATpmHasItsFailure(Meaning meaning, DeviceFailure failure) {
        assertThat(TpmFailures.of(meaning)).isEqualTo(failure);
    }

    @Test
    void onlyAWrongPinIsCalledOne() {
        for (var meaning : Meaning.values()) {
            assertThat(TpmFailures.of(meaning) == DeviceFailure.PIN_WRONG)
                    .as(meaning.name())
                    .isEqualTo(meaning == Meaning.AUTH_FAIL || meaning == Meaning.BAD_AUTH);
        }
    }

    @Test
    void wayToTheTpmFailsInItsOwnWords() {
        var absent = new IOException("none", new NoSuchFileException("/dev/tpmrm0"));
        var denied = new IOException("not you", new AccessDeniedException("/dev/tpmrm0"));
        assertThat(TpmFailures.of(absent).failure()).isEqualTo(DeviceFailure.STORE_ABSENT);
        assertThat(TpmFailures.of(denied).failure()).isEqualTo(DeviceFailure.STORE_DENIED);
        var gone = TpmFailures.of(new IOException("broken pipe"));
        assertThat(gone.failure()).isEqualTo(DeviceFailure.STORE_GONE);
        assertThat(gone.sentences()).endsWith("cannot be reached. broken pipe");
    }
}
