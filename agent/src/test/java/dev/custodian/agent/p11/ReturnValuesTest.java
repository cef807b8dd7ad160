package dev.custodian.agent.p11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.core.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReturnValuesTest {
    @ParameterizedTest
    @EnumSource
    void noFailureIsSuccess(FailureKind kind) {
        assertThat(ReturnValues.of(kind)).isNotEqualTo(Ckr.OK);
        assertThat(ReturnValues.of(kind).number()).isPositive();
    }

    /// A program shall stop, try again or ask for another key, as the failure demands.
    @Test
    void whatAProgramCanActOnIsTold() {
        assertThat(ReturnValues.of(FailureKind.APPROVAL_REFUSED)).isEqualTo(Ckr.FUNCTION_CANCELED);
        assertThat(ReturnValues.of(FailureKind.FACTORS_REFUSED)).isEqualTo(Ckr.PIN_INCORRECT);
        assertThat(ReturnValues.of(FailureKind.DEVICE_LOCKED)).isEqualTo(Ckr.PIN_LOCKED);
        assertThat(ReturnValues.of(FailureKind.SERVER_UNREACHABLE)).isEqualTo(Ckr.DEVICE_ERROR);
        assertThat(ReturnValues.of(FailureKind.POLICY_REFUSED))
                .isEqualTo(Ckr.KEY_FUNCTION_NOT_PERMITTED);
        assertThat(ReturnValues.of(FailureKind.AGENT_LOCKED)).isEqualTo(Ckr.USER_NOT_LOGGED_IN);
    }
}
