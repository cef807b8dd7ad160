package dev.custodian.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; one address has one text, and none is
/// an invitation too.
class OwnerAddressFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        var text = new String(octets, StandardCharsets.UTF_8);
        OwnerAddress address;
        try {
            address = OwnerAddress.parse(text);
        } catch (MalformedException e) {
            return;
        }
        assertThat(address.text()).isEqualTo(text);
        assertThat(OwnerAddress.isLike(text)).isTrue();
    }
}
