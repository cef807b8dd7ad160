package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.client.PinRules;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
    private final StringWriter told = new StringWriter();

    /// A person who types these lines, then ends the input.
    private static final class Typist implements Terminal {
        private final Deque<char[]> lines = new ArrayDeque<>();
        private final List<char[]> given = new ArrayList<>();

        Typist(String... lines) {
            for (var line : lines) {
                this.lines.add(line.toCharArray());
            }
        }

        @Override
        public char @Nullable [] readSecretly(String question) {
            var line = lines.poll();
            if (line != null) {
                given.add(line);
            }
            return line;
        }
    }

    private TypedPin source(Terminal terminal) {
        return new TypedPin(terminal, new PrintWriter(told, true));
    }

    private static Secret pin(String digits) {
        return Secret.owning(Bytes.utf8(digits).toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1357", "0000001", "8421", "9876543210987654", "1123"})
    void pinOfFourToSixteenDigitsMayBeChosen(String digits) throws Exception {
        try (var pin = source(new Typist(digits, digits)).choose()) {
            assertThat(pin).isEqualTo(pin(digits));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "135", "13579135791357913", "1357a", "13 57", "-1357", "١٣٥٧"})
    void anythingElseIsRefusedWithTheRule(String typed) throws Exception {
        try (var pin = source(new Typist(typed, "1357", "1357")).choose()) {
            assertThat(pin).isEqualTo(pin("1357"));
        }
        assertThat(told.toString()).contains("A PIN has 4 to 16 digits and nothing else.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "1234", "4321", "99999999", "3456789"})
    void pinThatRepeatsOrCountsIsRefused(String typed) throws Exception {
        try (var pin = source(new Typist(typed, "1357", "1357")).choose()) {
            assertThat(pin).isEqualTo(pin("1357"));
        }
        assertThat(told.toString()).contains("among the first guesses");
    }

    @Test
    void wideDigitsOfAnEastAsianKeyboardAreDigits() throws Exception {
        try (var pin = source(new Typist("１３５７", "1357")).choose()) {
            assertThat(pin).isEqualTo(pin("1357"));
        }
    }

    @Test
    void twoThatDifferAreAskedForAgain() throws Exception {
        try (var pin = source(new Typist("1357", "1358", "2468", "2468")).choose()) {
            assertThat(pin).isEqualTo(pin("2468"));
        }
        assertThat(told.toString()).contains("not the same");
    }

    @Test
    void afterThreeTriesNothingIsChosen() {
        var typist = new Typist("1", "2", "3", "1357", "1357");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> source(typist).choose())
                .matches(e -> e.kind() == FailureKind.FACTORS_REFUSED);
        assertThat(typist.given).hasSize(3);
    }

    @Test
    void endOfInputIsNoApproval() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> source(new Typist()).approve())
                .matches(e -> e.kind() == FailureKind.FACTORS_REFUSED);
    }

    @Test
    void whatWasTypedIsWipedAndNeverTold() throws Exception {
        var typist = new Typist("8642", "9999", "135", "1357", "1357");
        source(typist).choose().close();
        assertThat(typist.given).allSatisfy(typed -> assertThat(typed).containsOnly('\0'));
        assertThat(told.toString()).doesNotContain("8642", "9999", "135");
    }

    @Test
    void generatedPinHasSixDigitsAndIsTheSameEachTime() {
        try (var source = new GeneratedPin(new Random(1));
                var chosen = source.choose();
                var approving = source.approve()) {
            assertThat(source.tell()).matches("[0-9]{6}");
            assertThat(chosen).isEqualTo(approving).isEqualTo(pin(source.tell()));
        }
    }

    @Test
    void wipingOneCopyLeavesTheOthers() {
        try (var source = new GeneratedPin(new Random(2))) {
            source.choose().close();
            try (var pin = source.approve()) {
                assertThat(PinRules.fault(pin)).isEmpty();
            }
        }
    }
}
