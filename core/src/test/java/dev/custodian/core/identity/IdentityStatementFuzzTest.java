package dev.custodian.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the decoder do anything but read or refuse.
class IdentityStatementFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        IdentityStatement identity;
        try {
            identity = IdentityStatement.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
        assertThat(IdentityStatement.decode(identity.encode())).isEqualTo(identity);
    }
}
