package dev.custodian.core.intent;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.json.Json;

/// No octets make the decoder do anything but read or refuse; what it reads is a key.
class DeviceJwkFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        DeviceJwk jwk;
        try {
            jwk = DeviceJwk.ofJson(Json.parse(Bytes.of(octets), Intent.MAX_SIZE));
        } catch (MalformedException e) {
            return;
        }
        if (!DeviceJwk.of(jwk.publicKey()).equals(jwk)
                || !DeviceJwk.ofJson(jwk.toJson()).equals(jwk)) {
            throw new AssertionError(jwk);
        }
    }
}
