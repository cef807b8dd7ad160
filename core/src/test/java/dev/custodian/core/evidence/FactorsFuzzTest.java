package dev.custodian.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;

/// No plaintext makes the decoder do anything but read or refuse; the same factors have one
/// encoding.
class FactorsFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Factors factors;
        try {
            factors = Factors.decode(Secret.owning(octets));
        } catch (MalformedException e) {
            return;
        }
        assertThat(factors.encode().expose()).isEqualTo(octets);
    }
}
