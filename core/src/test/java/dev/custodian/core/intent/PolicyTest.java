package dev.custodian.core.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    @ParameterizedTest
    @EnumSource
    void policyIsReadAsItWasWritten(Level level) throws MalformedException {
        for (int multisign : new int[] {1, 4000}) {
            var policy = new Policy(level, multisign);
            assertThat(Policy.decode(policy.encode())).isEqualTo(policy);
        }
    }

    /// The policy is kept verbatim and its hash is sealed: its octets must never change.
    @Test
    void octetsAreTheseForever() throws MalformedException {
        assertThat(new Policy(Level.BOUND_HARDWARE, 7).encode().utf8())
                .isEqualTo("{\"v\":1,\"level\":\"bound_hardware\",\"multisign\":7}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"v\":2,\"level\":\"bound\",\"multisign\":1}",
                "{\"v\":1,\"level\":\"BOUND\",\"multisign\":1}",
                "{\"v\":1,\"level\":\"none\",\"multisign\":1}",
                "{\"v\":1,\"level\":\"bound\",\"multisign\":0}",
                "{\"v\":1,\"level\":\"bound\",\"multisign\":4001}",
                "{\"v\":1,\"level\":\"bound\"}",
                "{\"v\":1,\"level\":\"bound\",\"multisign\":1,\"more\":1}"
            })
    void whatIsNoPolicyIsRefused(String text) {
        assertThatThrownBy(() -> Policy.decode(Bytes.utf8(text)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void numbersThatNoPolicyHasAreAFaultOfTheProgram() {
        for (int multisign : new int[] {0, -1, 4001}) {
            assertThatThrownBy(() -> new Policy(Level.BOUND, multisign))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
