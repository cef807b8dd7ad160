package dev.custodian.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyUriTest {
    @ParameterizedTest
    @CsvSource({
        "custodian-key:file:/keys/%77ork.p8, SPELLING",
        "custodian-key:file:/keys/w%c3%a9.p8, SPELLING",
        "custodian-key:file:/keys/work.p8/, SPELLING",
        "custodian-key:file:/keys//work.p8, SPELLING",
        "custodian-key:file:/keys%2Fwork.p8, SPELLING",
        "custodian-key:file:/keys/./work.p8, SYNTAX",
        "custodian-key:file:/keys/../work.p8, SYNTAX",
        "custodian-key:file:keys/work.p8, SYNTAX",
        "custodian-key:file:/, SYNTAX",
        "custodian-key:file:, SYNTAX",
        "custodian-key:file:/keys/my work.p8, SYNTAX",
        "custodian-key:file:/keys/work.p8?x=1, SYNTAX",
        "custodian-key:file:/keys/work.p8#x, SYNTAX",
        "custodian-key:file:/keys/wörk.p8, SYNTAX",
        "custodian-key:file:/keys/w%, SYNTAX",
        "custodian-key:file:/keys/w%2, SYNTAX",
        "custodian-key:file:/keys/w%g0, SYNTAX",
        "custodian-key:file:/keys/w%00, SYNTAX",
        "custodian-key:file:/keys/w%C3, SYNTAX",
        "custodian-key:file:/keys/w%C0%AF, SYNTAX",
        "custodian-key:File:/keys/work.p8, SYNTAX",
        "CUSTODIAN-KEY:file:/keys/work.p8, SYNTAX",
        "custodian-key:piv:serial=1;slot=9A, SYNTAX",
        "custodian-key:piv:serial=1;slot=9a;slot=9a, SYNTAX",
        "custodian-key:piv:serial=1;slot=9b, SYNTAX",
        "custodian-key:piv:serial=1;slot=, SYNTAX",
        "custodian-key:piv:serial=;slot=9a, SYNTAX",
        "custodian-key:piv:serial=1, SYNTAX",
        "custodian-key:piv:slot=9a;serial=1, SYNTAX",
        "custodian-key:piv:serial=00000000000000000000000000000000f;slot=9a, SYNTAX",
        "file:/keys/work.p8, SYNTAX",
        "'', SYNTAX"
    })
    void otherSpellingOrAnotherThingIsRefused(String text, Reason reason) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> KeyUri.parse(text))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "custodian-key:file:/keys/work.p8",
                "custodian-key:file:/keys/my%20work%3B%25.p8",
                "custodian-key:tpm:/home/mara/.config/keys/a-b_c~.pem",
                "custodian-key:piv:serial=1234567;slot=9a",
                "custodian-key:piv:serial=00112233445566778899aabbccddeeff;slot=95"
            })
    void textIsTheTextOfWhatWasRead(String text) throws Exception {
        assertThat(KeyUri.parse(text).text()).isEqualTo(text);
        assertThat(KeyUri.parse(text)).hasToString(text).isEqualTo(KeyUri.parse(text));
    }

    @Test
    void pathIsTheOneThatWasWritten() throws Exception {
        var path = Path.of("/keys/50% of ;us/work.p8");
        var uri = new KeyUri.SoftwareFile(path);
        assertThat(uri.text()).isEqualTo("custodian-key:file:/keys/50%25%20of%20%3Bus/work.p8");
        assertThat(KeyUri.parse(uri.text())).isEqualTo(uri);
        assertThat(new KeyUri.TpmFile(path)).isNotEqualTo(uri);
    }

    @Test
    void pathThatIsNotWholeIsNone() {
        for (var path : new String[] {"keys/work.p8", "/keys/../work.p8", "/", ""}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeyUri.SoftwareFile(Path.of(path)));
        }
    }

    @Test
    void longTextIsRefusedBeforeItIsRead() {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> KeyUri.parse("custodian-key:file:/" + "a".repeat(KeyUri.LONGEST)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SIZE));
    }

    /// Else a key could be made whose name nobody can read.
    @Test
    void pathAsLongAsTheSystemHasReadsTheSameAgainInAnyLetters() throws Exception {
        // 4096 octets with the one behind them
        var folders = ("/" + "ä".repeat(127)).repeat(15) + "/" + "ж".repeat(124) + "/";
        var longest = folders + "a".repeat(4095 - folders.getBytes(UTF_8).length);
        assertThat(longest.getBytes(UTF_8)).hasSize(4095);
        var uri = new KeyUri.SoftwareFile(Path.of(longest));
        assertThat(KeyUri.parse(uri.text())).isEqualTo(uri);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyUri.TpmFile(Path.of("/" + "ä".repeat(2049))));
    }
}
