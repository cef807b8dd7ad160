package dev.custodian.core.intent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the decoder do anything but read or refuse.
class IntentFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Intent intent;
        try {
            intent = Intent.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
        assertThat(Intent.decode(intent.encode())).isEqualTo(intent);
    }
}
