package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "123456",
                "correct horse",
                "Käse",
                "Ka\u0308se",
                "１２３４５６",
                "ﬁn①",
                "пароль",
                "각각",
                "e\u0301\u0327x\u0323\u0307",
                "𝟘𝟙🔑",
                "\uFDFA"
            })
    void octetsAreTheNormalisedTextInUtf8(String typed) throws Exception {
        try (var pin = Pin.of(typed.toCharArray())) {
            assertThat(Bytes.of(pin.expose()))
                    .isEqualTo(Bytes.utf8(Normalizer.normalize(typed, Normalizer.Form.NFKC)));
        }
    }

    @Test
    void pinOfTheWrongLengthIsRefused() throws Exception {
        refused(FailureKind.USAGE, "1 to 64 octets", () -> Pin.of(new char[0]));
        refused(FailureKind.USAGE, "1 to 64 octets", () -> Pin.of("x".repeat(65).toCharArray()));
        Pin.of("x".repeat(64).toCharArray()).close();
    }

    @Test
    void halfACharacterIsRefused() {
        refused(FailureKind.USAGE, "half a character", () -> Pin.of(new char[] {'1', '\ud83d'}));
        refused(FailureKind.USAGE, "half a character", () -> Pin.of(new char[] {'\udd11', '1'}));
    }
}
