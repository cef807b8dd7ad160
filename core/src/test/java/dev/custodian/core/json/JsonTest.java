package dev.custodian.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Json parse(String text) throws MalformedException {
        return Json.parse(Bytes.utf8(text), 1 << 20);
    }

    private static void assertRefused(
            Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void sizeIsCheckedBeforeAnythingIsRead() throws MalformedException {
        assertThat(Json.parse(Bytes.utf8("12345"), 5)).isEqualTo(new Json.Num(12345));
        assertRefused(Reason.SIZE, () -> Json.parse(Bytes.fromHex("ffffffffffff"), 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", " [ ", "[[],"})
    void millionLevelsOverflowNoStack(String opening) {
        var octets = Bytes.utf8(opening.repeat(1_000_000));
        assertRefused(Reason.SIZE, () -> Json.parse(octets, Integer.MAX_VALUE));
    }

    @Test
    void numberOfValuesIsBounded() throws MalformedException {
        // the array itself is one of them
        var most = "[" + "0,".repeat(Json.MAX_VALUES - 2) + "0]";
        assertThat(parse(most)).isInstanceOf(Json.Arr.class);
        assertRefused(Reason.SIZE, () -> parse("[" + "0,".repeat(Json.MAX_VALUES - 1) + "0]"));
        assertRefused(Reason.SIZE, () -> parse("[" + "{},".repeat(300_000) + "0]"));
    }

    @Test
    void numberWithAMillionDigitsIsRefused() {
        assertRefused(Reason.SIZE, () -> parse("1".repeat(1_000_000)));
    }

    @Test
    void messageNamesThePlaceAndNeverTheValue() {
        assertThatThrownBy(() -> parse("{\"pin\":\"4711\",}"))
                .hasMessageContaining("character 14")
                .hasMessageNotContaining("4711");
    }

    @Test
    void halfASurrogatePairIsNeverWritten() throws MalformedException {
        for (var text : List.of("a\ud83d", "\ude00a", "\ude00\ud83d", "\ud83d\ud83d\ude00\ude00")) {
            var written = new Json.Str(text).write();
            assertThat(parse(written.utf8()).write()).isEqualTo(written);
            assertThat(written.utf8()).contains("\ufffd");
        }
    }

    @Test
    void builtObjectIsReadAsItWasBuilt() throws MalformedException {
        var json =
                Json.object()
                        .put("text", "a\"\\\n\u0000ł\ud83d\ude00")
                        .put("number", Long.MIN_VALUE)
                        .put("octets", Bytes.fromHex("fbff"))
                        .put("list", Json.Arr.ofTexts(List.of("a", "b")))
                        .put("none", new Json.Null())
                        .put("yes", new Json.Bool(true))
                        .build();
        assertThat(parse(json.write().utf8())).isEqualTo(json);
        assertThatThrownBy(() -> Json.object().put("a", 1).put("a", 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyControlCharacterIsWrittenAndReadBack() throws MalformedException {
        for (char c = 0; c < 0x20; c++) {
            var text = new Json.Str("a" + c + "b");
            assertThat(text.write().utf8()).isEqualTo(String.format("\"a\\u%04xb\"", (int) c));
            assertThat(parse(text.write().utf8())).isEqualTo(text);
        }
    }

    @Test
    void whiteSpaceBetweenTokensIsRead() throws MalformedException {
        var nothing = Json.object().build();
        assertThat(parse("{ }")).isEqualTo(nothing);
        assertThat(parse(" [ ] ")).isEqualTo(new Json.Arr(List.of()));
        assertThat(parse("[ { } , { } ]")).isEqualTo(new Json.Arr(List.of(nothing, nothing)));
        assertThat(parse("{ \"a\" : 1 }")).isEqualTo(Json.object().put("a", 1).build());
    }

    @Test
    void membersAreTakenByTheirType() throws MalformedException {
        var members =
                Json.members(
                        parse(
                                "{\"t\":\"x\",\"n\":5,\"b\":\"_-8\",\"i\":[1],\"w\":\"2026-11-24T12:00:00Z\"}"),
                        "test");
        assertThat(members.text("t")).isEqualTo("x");
        assertThat(members.optionalText("absent")).isEmpty();
        assertThat(members.number("n", 5, 5)).isEqualTo(5);
        assertThat(members.bytes("b", 2).hex()).isEqualTo("ffef");
        assertRefused(Reason.MEMBERS, members::done);
        assertThat(members.items("i", 1, 1)).hasSize(1);
        assertThat(members.time("w")).isEqualTo(Instant.parse("2026-11-24T12:00:00Z"));
        members.done();
    }

    @Test
    void membersOfAnotherTypeOrSizeAreRefused() throws MalformedException {
        var members = Json.members(parse("{\"t\":\"\",\"n\":5,\"b\":\"_-8\",\"i\":[1]}"), "test");
        assertRefused(Reason.VALUE, () -> members.text("n"));
        assertRefused(Reason.VALUE, () -> members.number("n", 6, 9));
        assertRefused(Reason.VALUE, () -> members.number("t", 0, 9));
        assertRefused(Reason.SIZE, () -> members.bytes("b", 3));
        assertRefused(Reason.SIZE, () -> members.items("i", 2, 3));
        assertRefused(Reason.VALUE, () -> members.items("n"));
        assertRefused(Reason.VALUE, () -> members.object("i"));
        assertRefused(Reason.VALUE, () -> members.time("t"));
        assertRefused(Reason.SPELLING, () -> members.optionalText("t"));
        assertRefused(Reason.MEMBERS, () -> members.text("absent"));
        assertRefused(Reason.VALUE, () -> Json.members(new Json.Null(), "test"));
    }
}
