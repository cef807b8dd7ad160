package dev.custodian.core.intent;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the decoder do anything but read or refuse.
class PolicyFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Policy policy;
        try {
            policy = Policy.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
        if (!Policy.decode(policy.encode()).equals(policy)) {
            throw new AssertionError(policy);
        }
    }
}
