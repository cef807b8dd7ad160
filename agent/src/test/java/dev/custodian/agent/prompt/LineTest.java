package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
    @ParameterizedTest
    @CsvSource({
        "turned round, a\u202Eb, a\\u{202e}b",
        "isolated, a\u2067b\u2069, a\\u{2067}b\\u{2069}",
        "line separator, a\u2028b, a\\u{2028}b",
        "paragraph separator, a\u2029b, a\\u{2029}b",
        "next line, a\u0085b, a\\u{85}b",
        "escape, a\u001B[2Jb, a\\u{1b}[2Jb",
        "bell, a\u0007b, a\\u{7}b",
        "zero width, a\u200Bb, a\\u{200b}b",
        "soft hyphen, a\u00ADb, a\\u{ad}b",
        "no-break space, a\u00A0b, a\\u{a0}b",
        "em space, a\u2003b, a\\u{2003}b",
        "empty Braille, a\u2800b, a\\u{2800}b",
        "Hangul filler, a\u3164b, a\\u{3164}b",
        "variation selector, a\uFE0Fb, a\\u{fe0f}b",
        "tag, a\uDB40\uDC41b, a\\u{e0041}b",
        "private use, a\uE000b, a\\u{e000}b",
        "enclosing, a\u20DDb, a\\u{20dd}b",
        "grapheme joiner, a\u034Fb, a\\u{34f}b",
    })
    void whatHasNoShapeIsShownByItsNumber(String what, String foreign, String shown) {
        assertThat(Line.of(foreign, 64)).as(what).isEqualTo(shown);
    }

    @Test
    void lineBreaksMakeNoSecondLine() {
        assertThat(Line.of("a\ncustody: owner-sealed\r\nb\tc\u000Bd\u000Ce", 100))
                .isEqualTo("a\\u{a}custody: owner-sealed\\u{d}\\u{a}b\\u{9}c\\u{b}d\\u{c}e");
    }

    @Test
    void halfACharacterIsShownByItsNumber() {
        assertThat(Line.of("a\uD800b", 64)).isEqualTo("a\\u{d800}b");
        assertThat(Line.of("\uDC00", 64)).isEqualTo("\\u{dc00}");
    }

    @Test
    void marksDoNotPileUp() {
        var pile = "e" + "\u0301\u0302\u0303\u0304\u0305".repeat(20);
        assertThat(Line.of(pile, 64))
                .hasSizeLessThanOrEqualTo(64)
                .startsWith("\u00E9\u0302\u0303\\u{304}");
        // a mark on nothing would be drawn over what stands before the name
        assertThat(Line.of("\u0338a", 64)).isEqualTo("\\u{338}a");
        assertThat(Line.of("a \u0338", 64)).isEqualTo("a \\u{338}");
    }

    @Test
    void spacesPushNothingOutOfSight() {
        assertThat(Line.of("a" + " ".repeat(3) + "b ", 64)).isEqualTo("a \\u{20}\\u{20}b\\u{20}");
        assertThat(Line.of(" a", 64)).isEqualTo("\\u{20}a");
    }

    @Test
    void escapesCannotBeImitated() {
        assertThat(Line.of("a\\u{202e}b", 64)).isEqualTo("a\\\\u{202e}b");
    }

    @Test
    void longNameKeepsBothEndsAndSaysItsSize() {
        var line = Line.of("a".repeat(5000) + "\u202E" + "b".repeat(5239) + ".pdf", 100);
        assertThat(line)
                .hasSize(100)
                .startsWith("aaa")
                .contains("…(10244 characters)…")
                .endsWith("b.pdf");
    }

    @Test
    void escapesAreNotCutInTheMiddle() {
        var line = Line.of("\u202E".repeat(10_000), 100);
        assertThat(line).hasSizeLessThanOrEqualTo(100);
        assertThat(line.replace("\\u{202e}", "")).isEqualTo("…(10000 characters)…");
    }

    @Test
    void markIsNotCutFromItsLetter() {
        for (int length = 90; length < 130; length++) {
            var line = Line.of("q\u0316".repeat(length), 64);
            assertThat(line).hasSizeLessThanOrEqualTo(64).contains("…q");
            assertThat(Line.isVisible(line)).isTrue();
        }
    }

    @Test
    void normalisingALongPileOfMarksTakesNoTime() {
        var mean = "a" + "\u0316\u0301".repeat(500_000);
        assertThat(Line.of(mean, 100)).hasSizeLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh",
                "/usr/lib/jvm/java-25/bin/java",
                "Vertrag für Zoë.pdf",
                "Žofie Čapková",
                "договор.pdf",
                "契約書（最終版）.pdf",
                "계약서.pdf",
                "חוזה.pdf",
                "عقد.pdf",
                "हिन्दी.pdf",
                "สัญญา.pdf",
                "contract 😀.pdf"
            })
    void namesOfPeopleAndFilesStayAsTheyAre(String name) {
        assertThat(Line.of(name, 100)).isEqualTo(name);
        assertThat(Line.isVisible(name)).isTrue();
    }

    @Test
    void whatWasNotMadeVisibleIsNoticed() {
        assertThat(Line.isVisible("a\nb")).isFalse();
        assertThat(Line.isVisible("a\u202Eb")).isFalse();
        assertThat(Line.isVisible("a  b")).isFalse();
        assertThat(Line.isVisible(" a")).isFalse();
        assertThat(Line.isVisible(Line.of("a\u202Eb\\c  ", 64) + ", " + Line.of("x", 64))).isTrue();
    }

    @Test
    void lineThatHoldsNothingIsNoLine() {
        assertThatIllegalArgumentException().isThrownBy(() -> Line.of("a", 8));
    }
}
