package dev.custodian.server.activation;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Refused;
import dev.custodian.server.FuzzedJws;

/// Whatever stands in `DEVICE`, it holds an intent or is refused.
class DeviceProofFuzzTest {
    @FuzzTest
    void isReadOrRefused(byte[] input) {
        try {
            if (DeviceProof.parse(FuzzedJws.of(input)).evidence().size() == 0) {
                throw new AssertionError("no evidence");
            }
        } catch (Refused e) {
            return;
        }
    }
}
