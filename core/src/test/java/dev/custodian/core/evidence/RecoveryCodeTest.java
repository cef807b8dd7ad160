package dev.custodian.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryCodeTest {
    private static final String CODE = "abcd-efgh-ijkl-mnop-qrst-uvwx-y2";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abcd-efgh-ijkl-mnop-qrst-uvwx-y",
                "abcd-efgh-ijkl-mnop-qrst-uvwx-y22",
                "abcd-efgh-ijkl-mnop-qrst-uvwx-y9",
                "abcd-efgh-ijkl-mnop-qrst-uvwx-yé"
            })
    void whatIsNoCodeIsRefused(String text) {
        var typed = text.toCharArray();
        assertThatThrownBy(() -> RecoveryCode.of(typed)).isInstanceOf(MalformedException.class);
        assertThat(new String(typed)).isEqualTo("\0".repeat(text.length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CODE,
                "abcdefghijklmnopqrstuvwxy2",
                "ABCD EFGH IJKL MNOP QRST UVWX Y2",
                "abcd-efgh-ijk1-mn0p-qrst-uvwx-y2"
            })
    void groupsAndCapitalsMeanNothing(String text) throws Exception {
        var typed = text.toCharArray();
        try (var code = RecoveryCode.of(typed)) {
            assertThat(new String(RecoveryCode.text(code))).isEqualTo(CODE);
        }
        assertThat(new String(typed)).doesNotContain("a");
    }

    @Test
    void madeCodesAreCodesAndNoTwoAreAlike() throws Exception {
        var random = new SecureRandom();
        var seen = new HashSet<String>();
        for (int i = 0; i < 100; i++) {
            try (var code = RecoveryCode.make(random);
                    var again = RecoveryCode.of(RecoveryCode.text(code))) {
                assertThat(RecoveryCode.isCode(code)).isTrue();
                assertThat(again).isEqualTo(code);
                assertThat(seen.add(new String(code.expose(), StandardCharsets.US_ASCII))).isTrue();
            }
        }
        assertThat(seen).allSatisfy(code -> assertThat(code).matches("[a-z2-7]{26}"));
        assertThat(RecoveryCode.isCode(Secret.owning(new byte[RecoveryCode.SIZE]))).isFalse();
        assertThat(RecoveryCode.isCode(Secret.owning(new byte[25]))).isFalse();
    }
}
