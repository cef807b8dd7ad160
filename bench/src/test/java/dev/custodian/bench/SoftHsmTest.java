package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SoftHsmTest {
    @Test
    void serverThatDoesNotStartIsAnError() {
        assertThatThrownBy(() -> SoftHsm.address("")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SoftHsm.address("p11-kit: couldn't load module"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SoftHsm.address("P11_KIT_SERVER_ADDRESS=unix:path=/run/x"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void addressStandsInTheFirstCommand() throws Exception {
        assertThat(
                        SoftHsm.address(
                                "P11_KIT_SERVER_ADDRESS=unix:path=/run/x; export"
                                        + " P11_KIT_SERVER_ADDRESS;"))
                .isEqualTo("unix:path=/run/x");
    }

    @Test
    void keysAreLabelledAsTheAgentLabelsThem() {
        assertThat(SoftHsm.alias(KeyAlgorithm.P256)).isEqualTo("login-p-256");
        assertThat(SoftHsm.alias(KeyAlgorithm.RSA_2048)).isEqualTo("login-rsa-2048");
    }
}
