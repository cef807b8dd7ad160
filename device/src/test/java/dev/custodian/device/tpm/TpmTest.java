package dev.custodian.device.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TpmTest {
    private static final String TWO_HANDLES =
            "8001 0000001b 00000000 00 00000001 00000002 80000000 80000001";

    /// Gives the answers that it was told.
    private static final class Played implements TpmTransport {
        private final Deque<String> answers = new ArrayDeque<>();
        private final List<Bytes> commands = new ArrayList<>();

        Played(String... answers) {
            this.answers.addAll(List.of(answers));
        }

        @Override
        public byte[] call(byte[] command) {
            commands.add(Bytes.of(command));
            var answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
            return Bytes.fromHex(answer.replace(" ", "")).toArray();
        }

        @Override
        public void close() {}
    }

    private static String failed(int code) {
        return "8001 0000000a %08x".formatted(code);
    }

    private static List<Integer> handles(Played played) throws IOException {
        try (var tpm = new Tpm(played, 0)) {
            return tpm.handles(0x80000000);
        }
    }

    @Test
    void sameCommandIsSentAgainUntilTheTpmIsReady() throws Exception {
        var played =
                new Played(failed(0x922), failed(0x908), failed(0x90a), failed(0x920), TWO_HANDLES);
        assertThat(handles(played)).containsExactly(0x80000000, 0x80000001);
        assertThat(played.commands).hasSize(5);
        assertThat(played.commands)
                .containsOnly(Bytes.fromHex("8001000000160000017a0000000180000000000000fe"));
    }

    @Test
    void tpmThatIsNeverReadyIsGivenUp() {
        var played = new Played(failed(0x922));
        assertThatThrownBy(() -> handles(played))
                .isInstanceOf(TpmException.class)
                .hasMessage("TPM2_GetCapability: TPM_RC_RETRY (0x922)");
        assertThat(played.commands).hasSize(14);
    }

    @Test
    void waitEndsWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> handles(new Played(failed(0x922))))
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8001 0000000a 0000",
                "8001 00000009 00000000",
                "8001 0000000b 00000000",
                // another tag
                "8002 0000001b 00000000 00 00000001 00000002 80000000 80000001",
                // moreData, the capability, the count
                "8001 0000001b 00000000 02 00000001 00000002 80000000 80000001",
                "8001 0000001b 00000000 00 00000006 00000002 80000000 80000001",
                "8001 0000001b 00000000 00 00000001 00000003 80000000 80000001",
                "8001 0000001b 00000000 00 00000001 00000001 80000000 80000001",
                "8001 0000001b 00000000 00 00000001 ffffffff 80000000 80000001",
                "8001 0000001b 00000000 00 00000001 7fffffff 80000000 80000001",
                "8001 0000001a 00000000 00 00000001 00000002 80000000 800000",
                "8001 0000001c 00000000 00 00000001 00000002 80000000 80000001 00"
            })
    void malformedAnswerIsRefused(String answer) {
        assertThatThrownBy(() -> handles(new Played(answer)))
                .isInstanceOfSatisfying(
                        TpmException.class,
                        e -> assertThat(e.meaning()).isEqualTo(Meaning.MALFORMED_ANSWER));
    }

    @ParameterizedTest
    @CsvSource({
        "98e, AUTH_FAIL, ' of session 1'",
        "9a2, BAD_AUTH, ' of session 1'",
        "1df, INTEGRITY, ' of parameter 1'",
        "fc4, VALUE, ' of parameter 15'",
        "18b, HANDLE, ' of handle 1'",
        "08b, HANDLE, ''",
        "902, OBJECT_MEMORY, ''",
        "903, SESSION_MEMORY, ''",
        "901, CONTEXT_GAP, ''",
        "921, LOCKOUT, ''",
        "101, FAILURE, ''",
        "100, INITIALIZE, ''",
        "143, COMMAND_CODE, ''",
        "80280400, BLOCKED, ''",
        "80280923, OTHER, ''",
        "b0143, OTHER, ''",
        "1, OTHER, ''"
    })
    void returnCodeIsNamedAndKept(String code, Meaning meaning, String place) {
        int number = Integer.parseUnsignedInt(code, 16);
        assertThatThrownBy(() -> handles(new Played(failed(number))))
                .hasMessage(
                        "TPM2_GetCapability: TPM_RC_%s%s (0x%X)".formatted(meaning, place, number))
                .isInstanceOfSatisfying(
                        TpmException.class,
                        e -> {
                            assertThat(e.meaning()).isEqualTo(meaning);
                            assertThat(e.code()).isEqualTo(number);
                        });
    }

    @Test
    void whatWasLeftBehindIsFlushed() throws Exception {
        var none = "8001 00000013 00000000 00 00000001 00000000";
        var done = "8001 0000000a 00000000";
        var played = new Played(TWO_HANDLES, done, done, none);
        try (var tpm = new Tpm(played)) {
            tpm.flushAll();
        }
        assertThat(played.commands)
                .contains(
                        Bytes.fromHex("80010000000e0000016580000000"),
                        Bytes.fromHex("80010000000e0000016580000001"))
                .hasSize(5);
    }

    @Test
    void lockOutIsRead() throws Exception {
        var played =
                new Played(
                        "8001 00000033 00000000 00 00000006 00000004 0000020e 00000002 0000020f"
                                + " 00000003 00000210 000003e8 00000211 00015180");
        try (var tpm = new Tpm(played)) {
            assertThat(tpm.lockout())
                    .isEqualTo(new Lockout(2, 3, Duration.ofSeconds(1000), Duration.ofDays(1)))
                    .returns(1L, Lockout::triesLeft);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8001 00000013 00000000 00 00000006 00000000",
                "8001 0000002b 00000000 00 00000006 00000003 0000020e 00000002 0000020f 00000003"
                        + " 00000210 000003e8",
                "8001 00000033 00000000 00 00000006 00000004 0000020e 00000002 0000020f 00000003"
                        + " 00000211 00015180 00000210 000003e8"
            })
    void lockOutThatIsNotToldIsRefused(String answer) throws Exception {
        try (var tpm = new Tpm(new Played(answer))) {
            assertThatThrownBy(tpm::lockout)
                    .isInstanceOf(TpmException.class)
                    .hasMessageContaining("no lock-out properties");
        }
    }
}
