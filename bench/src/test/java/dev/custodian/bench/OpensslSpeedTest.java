package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.KeyAlgorithm;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpensslSpeedTest {
    private static final String OUTPUT =
            """
            +DTP:2048:private:rsa:1
            +R1:1097:2048:0.96
            version: 3.0.19
            +F2:2:2048:1142.708333:43008.791209
            +F2:3:3072:449.275362:16316.666667
            +F4:3:256:27874.074074:12567.857143
            """;

    @Test
    void keyOfNoneOfOursIsAnError() {
        assertThatThrownBy(() -> OpensslSpeed.parse("+F2:1:1024:5000.0:60000.0\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void signaturesPerSecondAreRead() {
        assertThat(OpensslSpeed.parse(OUTPUT))
                .isEqualTo(
                        Map.of(
                                KeyAlgorithm.RSA_2048, 1142.708333,
                                KeyAlgorithm.RSA_3072, 449.275362,
                                KeyAlgorithm.P256, 27874.074074));
    }

    @Test
    void moreColumnsOfNewerVersionsAreNoMatter() {
        assertThat(OpensslSpeed.parse("+F2:2:2048:1142.5:43008.7:40000.1:1100.2\n"))
                .isEqualTo(Map.of(KeyAlgorithm.RSA_2048, 1142.5));
    }
}
