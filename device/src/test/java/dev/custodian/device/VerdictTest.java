package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.identity.DeviceVerdict;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VerdictTest {
    /// The server writes the words down and has no library for devices.
    @Test
    void wordsAndOrderAreThoseThatTheServerWrites() {
        assertThat(Arrays.stream(Verdict.values()).map(Verdict::name))
                .containsExactlyElementsOf(
                        Arrays.stream(DeviceVerdict.values()).map(DeviceVerdict::name).toList());
    }
}
