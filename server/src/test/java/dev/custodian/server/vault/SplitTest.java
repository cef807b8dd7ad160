package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    @ParameterizedTest
    @ValueSource(strings = {"2/2", "2/3", "2/16", "16/16"})
    void splitIsReadAndSaidTheSame(String text) {
        assertThat(Split.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1/1", "1/2", "0/2", "3/2", "17/16", "2/17", "2/100", "2", "2/", "-2/3"})
    void noneAndUnwiseOnesAreRefused(String text) {
        assertThat(Split.parse(text)).isNull();
    }
}
