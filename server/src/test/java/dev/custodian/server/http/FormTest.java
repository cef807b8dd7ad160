package dev.custodian.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormTest {
    @Test
    void emptyTextHasNoParameters() throws CallRefused {
        assertThat(Form.decode("")).isEmpty();
    }

    @Test
    void escapesPlusAndEqualsAreRead() throws CallRefused {
        assertThat(Form.decode("a%20b=c+d&e=f==&g&h=%E2%82%AC"))
                .isEqualTo(Map.of("a b", "c d", "e", "f==", "g", "", "h", "€"));
    }

    @Test
    void orderIsKept() throws CallRefused {
        assertThat(Form.decode("z=1&a=2&m=3").keySet()).containsExactly("z", "a", "m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "a=%",
                "a=%4",
                "a=%zz",
                "a=%+1",
                "a=%ff",
                "a=%C3",
                "a=%c0%80",
                "a=%00",
                "a=%0d%0a",
                "a=%7f",
                "a=1&a=2",
                "a=1&%61=2",
                "=1",
                "&",
                "a&",
                "&a",
                "a&&b",
                "a b",
                "a=\"",
                "a=<",
                "a=é",
                "a=\u0000",
                "a=[1]"
            })
    void malformedTextIsRefused(String text) {
        assertThatExceptionOfType(CallRefused.class)
                .isThrownBy(() -> Form.decode(text))
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(400));
    }
}
