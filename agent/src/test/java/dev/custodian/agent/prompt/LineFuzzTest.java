package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Whatever a name is, it becomes one visible line that is not too long.
class LineFuzzTest {
    @FuzzTest
    void nameIsOneVisibleLine(byte[] octets) {
        var line = Line.of(new String(octets, StandardCharsets.UTF_16BE), 64);
        assertThat(line).hasSizeLessThanOrEqualTo(64);
        assertThat(Line.isVisible(line)).isTrue();
        assertThat(Line.shortened(line, 32)).hasSizeLessThanOrEqualTo(32);
    }
}
