package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Secret;
import dev.custodian.device.piv.CardConnection;
import dev.custodian.device.piv.Meaning;
import dev.custodian.device.piv.PivCard;
import dev.custodian.device.piv.PivException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PivFailuresTest {
    /// A new meaning needs its row in `docs/reference/device-failures.md`, in the order of the
    /// list.
    @Test
    void pageNamesTheFailureOfEachMeaning() throws IOException {
        var meanings =
                Arrays.stream(Meaning.values())
                        .map(meaning -> List.of(spelled(meaning), PivFailures.of(meaning).id()))
                        .toList();
        assertThat(rows()).containsExactlyElementsOf(meanings);
    }

    private static String spelled(Meaning meaning) {
        return meaning.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static List<List<String>> rows() throws IOException {
        return Files.readString(Path.of("../docs/reference/device-failures.md"))
                .lines()
                .dropWhile(line -> !line.equals("## What a card says, and how it is told"))
                .takeWhile(line -> !line.startsWith("## What devices do"))
                .filter(line -> line.startsWith("| ") && line.contains("`"))
                .map(line -> line.split("\\|", -1))
                .map(cells -> List.of(cells[1].strip(), cells[2].strip().replace("`", "")))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "WRONG_PIN, PIN_WRONG",
        "PIN_BLOCKED, PIN_LOCKED",
        "PIN_REQUIRED, PIN_NEEDED",
        "PIN_LENGTH, PIN_UNFIT",
        "NO_KEY, KEY_UNKNOWN",
        "CARD_FULL, STORE_FULL",
        "CARD_IN_USE, STORE_BUSY",
        "CARD_GONE, STORE_GONE",
        "SERVICE_GONE, STORE_GONE",
        "NO_PIV, STORE_ABSENT",
        "WRONG_MANAGEMENT_KEY, STORE_DENIED",
        "ANOTHER_CARD, KEY_FOREIGN",
        "FORGED_CARD, STORE_LIED",
        "WRONG_SIGNATURE, STORE_LIED",
        "MEMORY_FAILED, STORE_BROKEN",
        "OTHER, STORE_BROKEN"
    })
    void answerOfACardHasItsFailure(Meaning meaning, DeviceFailure failure) {
        assertThat(PivFailures.of(meaning)).isEqualTo(failure);
    }

    @Test
    void onlyAWrongPinIsCalledOneAndOnlyABlockedOneLocked() {
        for (var meaning : Meaning.values()) {
            var failure = PivFailures.of(meaning);
            assertThat(failure == DeviceFailure.PIN_WRONG)
                    .as(meaning.name())
                    .isEqualTo(meaning == Meaning.WRONG_PIN);
            assertThat(failure == DeviceFailure.PIN_LOCKED)
                    .as(meaning.name())
                    .isEqualTo(meaning == Meaning.PIN_BLOCKED);
        }
    }

    /// A card that is selected and answers everything else with one status word.
    private record Refusing(int statusWord) implements CardConnection {
        private static final int SELECT = 0xa4;

        @Override
        public byte[] transmit(byte[] command) {
            int word = (command[1] & 0xff) == SELECT ? 0x9000 : statusWord;
            return new byte[] {(byte) (word >> 8), (byte) word};
        }

        @Override
        public boolean extendedLength() {
            return true;
        }

        @Override
        public void begin() {}

        @Override
        public void end() {}

        @Override
        public void reset() {}

        @Override
        public void reconnect() {}

        @Override
        public void close() {}
    }

    private static DeviceException told(int statusWord) throws IOException {
        var card = new PivCard(new Refusing(statusWord), new SecureRandom());
        try (var pin =
                Secret.owning("123456".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
            card.verifyPin(pin);
        } catch (PivException e) {
            return PivFailures.of(e);
        }
        throw new AssertionError("the card took it");
    }

    @Test
    void numberOfTheCardIsKept() throws Exception {
        var wrong = told(0x63c2);
        assertThat(wrong.failure()).isEqualTo(DeviceFailure.PIN_WRONG);
        assertThat(wrong.code()).isEqualTo(0x63c2);
        var blocked = told(0x6983);
        assertThat(blocked.failure()).isEqualTo(DeviceFailure.PIN_LOCKED);
        assertThat(blocked.code()).isEqualTo(0x6983);
        assertThat(blocked.sentences()).endsWith("The card's PUK gives it a new PIN.");
        var odd = told(0x6f42);
        assertThat(odd.failure()).isEqualTo(DeviceFailure.STORE_BROKEN);
        assertThat(odd.code()).isEqualTo(0x6f42);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> told(0x9000));
    }

    @Test
    void wayToTheCardFailsInItsOwnWords() {
        var gone = PivFailures.of(new IOException("broken pipe"));
        assertThat(gone.failure()).isEqualTo(DeviceFailure.STORE_GONE);
        assertThat(gone.code()).isZero();
        assertThat(gone.sentences()).endsWith("cannot be reached. broken pipe");
    }
}
