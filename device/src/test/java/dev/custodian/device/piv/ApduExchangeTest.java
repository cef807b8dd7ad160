package dev.custodian.device.piv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApduExchangeTest {
    private static Bytes send(Played played, Ins ins, int size) throws Exception {
        var data = new byte[size];
        Arrays.fill(data, (byte) 7);
        return new ApduExchange(played, () -> 0).send(Apdu.of(ins, 1, 2, data));
    }

    private static String sevens(int count) {
        return "07".repeat(count);
    }

    private static void assertMalformed(Played played) {
        assertThatThrownBy(() -> send(played, Ins.GET_DATA, 5))
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> assertThat(e.meaning()).isEqualTo(Meaning.MALFORMED_ANSWER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "90"})
    void answerWithoutAStatusWordIsRefused(String answer) {
        assertMalformed(new Played(false, answer));
    }

    @Test
    void answerThatPromisesMoreForEverIsRefused() {
        assertMalformed(new Played(false, "6100"));
        assertMalformed(new Played(false, "01".repeat(256) + "6100"));
    }

    @Test
    void lengthsAreThoseOfTheStandard() throws Exception {
        for (int size : new int[] {0, 1, 255}) {
            var played = new Played(false, "aabb9000");
            assertThat(send(played, Ins.GET_DATA, size)).isEqualTo(Bytes.fromHex("aabb"));
            assertThat(played.commands)
                    .containsExactly(
                            Bytes.fromHex(
                                    "00cb0102"
                                            + (size == 0 ? "" : "%02x".formatted(size))
                                            + sevens(size)
                                            + "00"));
        }
        var noAnswer = new Played(false, "9000");
        assertThat(send(noAnswer, Ins.VERIFY, 8)).isEqualTo(Bytes.EMPTY);
        assertThat(noAnswer.commands).containsExactly(Bytes.fromHex("0020010208" + sevens(8)));
        var nothing = new Played(false, "9000");
        assertThat(send(nothing, Ins.VERIFY, 0)).isEqualTo(Bytes.EMPTY);
        assertThat(nothing.commands).containsExactly(Bytes.fromHex("00200102"));
    }

    @Test
    void longDataIsChainedWhereTheCardTakesShortCommandsOnly() throws Exception {
        var played = new Played(false, "9000");
        assertThat(send(played, Ins.GENERAL_AUTHENTICATE, 600)).isEqualTo(Bytes.EMPTY);
        assertThat(played.commands)
                .containsExactly(
                        Bytes.fromHex("10870102ff" + sevens(255)),
                        Bytes.fromHex("10870102ff" + sevens(255)),
                        Bytes.fromHex("008701025a" + sevens(90) + "00"));
        var exactly = new Played(false, "9000");
        assertThat(send(exactly, Ins.PUT_DATA, 510)).isEqualTo(Bytes.EMPTY);
        assertThat(exactly.commands)
                .containsExactly(
                        Bytes.fromHex("10db0102ff" + sevens(255)),
                        Bytes.fromHex("00db0102ff" + sevens(255)));
    }

    @Test
    void chainEndsWhereTheCardRefusesIt() {
        var played = new Played(false, "9000", "6a84", "9000");
        assertThatThrownBy(() -> send(played, Ins.PUT_DATA, 1000))
                .hasMessage("PUT_DATA: CARD_FULL (6A84)");
        assertThat(played.commands).hasSize(2);
    }

    @Test
    void extendedLengthIsUsedWhereThereIsIt() throws Exception {
        var played = new Played(true, "9000");
        assertThat(send(played, Ins.GENERAL_AUTHENTICATE, 600)).isEqualTo(Bytes.EMPTY);
        assertThat(send(played, Ins.PUT_DATA, 300)).isEqualTo(Bytes.EMPTY);
        assertThat(send(played, Ins.GET_METADATA, 0)).isEqualTo(Bytes.EMPTY);
        assertThat(send(played, Ins.VERIFY, 8)).isEqualTo(Bytes.EMPTY);
        assertThat(played.commands)
                .containsExactly(
                        Bytes.fromHex("00870102000258" + sevens(600) + "0000"),
                        Bytes.fromHex("00db010200012c" + sevens(300)),
                        Bytes.fromHex("00f70102000000"),
                        Bytes.fromHex("0020010208" + sevens(8)));
    }

    @Test
    void cardThatOnlySaysThatItTakesExtendedLengthGetsChains() throws Exception {
        var played = new Played(true, "6700", "9000");
        assertThat(send(played, Ins.GENERAL_AUTHENTICATE, 300)).isEqualTo(Bytes.EMPTY);
        assertThat(played.commands)
                .containsExactly(
                        Bytes.fromHex("0087010200012c" + sevens(300) + "0000"),
                        Bytes.fromHex("10870102ff" + sevens(255)),
                        Bytes.fromHex("008701022d" + sevens(45) + "00"));
    }

    @Test
    void answerInPartsIsJoined() throws Exception {
        var played = new Played(false, "0102 6100", "0304 6102", "0506 9000");
        assertThat(send(played, Ins.GET_DATA, 0)).isEqualTo(Bytes.fromHex("010203040506"));
        assertThat(played.commands)
                .containsExactly(
                        Bytes.fromHex("00cb010200"),
                        Bytes.fromHex("00c0000000"),
                        Bytes.fromHex("00c0000002"));
    }

    @Test
    void refusalInTheMiddleOfAnAnswerIsOne() {
        assertThatThrownBy(() -> send(new Played(false, "0102 6100", "6f00"), Ins.GET_DATA, 0))
                .hasMessage("GET_DATA: OTHER (6F00)");
    }

    @Test
    void commandIsSentAgainWithTheLengthThatTheCardWants() throws Exception {
        var played = new Played(false, "6c04", "01020304 9000");
        assertThat(send(played, Ins.GET_DATA, 2)).isEqualTo(Bytes.fromHex("01020304"));
        assertThat(played.commands)
                .containsExactly(
                        Bytes.fromHex("00cb0102020707" + "00"),
                        Bytes.fromHex("00cb0102020707" + "04"));
        var rest = new Played(false, "01 6105", "6c03", "020304 9000");
        assertThat(send(rest, Ins.GET_DATA, 0)).isEqualTo(Bytes.fromHex("01020304"));
        assertThat(rest.commands.getLast()).isEqualTo(Bytes.fromHex("00c0000003"));
    }

    /// It would be a second try of the same PIN, or of another.
    @Test
    void pinIsNotSentAgain() {
        var played = new Played(false, "6c08", "9000");
        assertThatThrownBy(() -> send(played, Ins.VERIFY, 8)).hasMessage("VERIFY: OTHER (6C08)");
        assertThat(played.commands).hasSize(1);
    }

    /// It would hold up whoever else wants the card.
    @Test
    void answerThatDripsIsGivenUp() throws Exception {
        var seconds = new AtomicLong();
        var parts = new ArrayList<>(Collections.nCopies(100, "00 6101"));
        parts.add("00 9000");
        var slow = new Played(false, parts.toArray(String[]::new));
        assertThatThrownBy(
                        () ->
                                new ApduExchange(
                                                slow,
                                                () -> seconds.getAndIncrement() * 1_000_000_000L)
                                        .send(Apdu.of(Ins.GET_DATA, 1, 2, new byte[0])))
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> assertThat(e.meaning()).isEqualTo(Meaning.MALFORMED_ANSWER))
                .hasMessageContaining("it does not end");
        assertThat(slow.commands.size()).isBetween(30, 33);
        var quick = new Played(false, parts.toArray(String[]::new));
        assertThat(
                        new ApduExchange(quick, () -> seconds.get() * 1_000_000_000L)
                                .send(Apdu.of(Ins.GET_DATA, 1, 2, new byte[0]))
                                .size())
                .isEqualTo(101);
    }

    @Test
    void whatWasSentIsWiped() throws Exception {
        var played = new Played(false, "9000");
        var pin = new byte[] {1, 2, 3, 4, 5, 6, 7, 8};
        assertThat(new ApduExchange(played, () -> 0).send(Apdu.of(Ins.VERIFY, 0, 0x80, pin)))
                .isEqualTo(Bytes.EMPTY);
        assertThat(played.commands).containsExactly(Bytes.fromHex("00200080080102030405060708"));
        assertThat(pin).containsOnly(0);
        assertThat(played.sent.getFirst()).containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({
        "63c2, WRONG_PIN, 2",
        "63c0, WRONG_PIN, 0",
        "63cf, WRONG_PIN, 15",
        "6983, PIN_BLOCKED, 0",
        "6982, PIN_REQUIRED, -1",
        "6985, NOT_NOW, -1",
        "6a82, NOT_FOUND, -1",
        "6a88, NO_KEY, -1",
        "6a80, WRONG_DATA, -1",
        "6a86, WRONG_PARAMETERS, -1",
        "6700, WRONG_LENGTH, -1",
        "6a81, FUNCTION_NOT_OFFERED, -1",
        "6d00, COMMAND_NOT_OFFERED, -1",
        "6e00, CLASS_NOT_OFFERED, -1",
        "6a84, CARD_FULL, -1",
        "6581, MEMORY_FAILED, -1",
        "6300, OTHER, -1",
        "6f00, OTHER, -1",
        "0000, OTHER, -1"
    })
    void statusWordIsNamedAndKept(String word, Meaning meaning, int triesLeft) {
        assertThatThrownBy(() -> send(new Played(false, word), Ins.VERIFY, 8))
                .hasMessage("VERIFY: %s (%s)".formatted(meaning, word.toUpperCase(Locale.ROOT)))
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> {
                            assertThat(e.meaning()).isEqualTo(meaning);
                            assertThat(e.code()).isEqualTo(Integer.parseInt(word, 16));
                            assertThat(e.triesLeft()).isEqualTo(triesLeft);
                            assertThat(e.isWrongPin()).isEqualTo(meaning == Meaning.WRONG_PIN);
                        });
    }
}
