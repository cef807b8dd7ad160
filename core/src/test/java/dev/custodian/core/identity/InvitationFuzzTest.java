package dev.custodian.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; one invitation has one text.
class InvitationFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        var text = new String(octets, StandardCharsets.UTF_8);
        Invitation invitation;
        try {
            invitation = Invitation.parse(text);
        } catch (MalformedException e) {
            return;
        }
        assertThat(invitation.expose()).isEqualTo(text);
        assertThat(invitation.base().getHost()).isNotEmpty();
    }
}
