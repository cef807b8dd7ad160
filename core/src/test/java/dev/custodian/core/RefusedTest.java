package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusedTest {
    @Test
    void refusalCarriesItsKindAndNoStackTrace() {
        var refused = new Refused(FailureKind.DIGEST_LENGTH, "The second digest.");
        assertThat(refused.kind()).isEqualTo(FailureKind.DIGEST_LENGTH);
        assertThat(refused.detail()).isEqualTo("The second digest.");
        assertThat(refused).hasMessage("digest-length: The second digest.");
        assertThat(refused.getStackTrace()).isEmpty();
        assertThat(new Refused(FailureKind.BUSY)).hasMessage("busy");
    }
}
