package dev.custodian.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the decoder do anything but read or refuse; one SEALED has one encoding.
class SealedFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Sealed sealed;
        try {
            sealed = Sealed.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
        assertThat(sealed.encode()).isEqualTo(Bytes.of(octets));
    }
}
