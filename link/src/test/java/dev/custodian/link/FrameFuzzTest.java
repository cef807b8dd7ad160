package dev.custodian.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the decoder do anything but read or refuse; one message has one encoding.
class FrameFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Frame frame;
        try {
            frame = Frame.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
            return;
        }
        assertThat(frame.encode()).isEqualTo(Bytes.of(octets));
        assertThat(Frame.decode(frame.encode())).isEqualTo(frame);
    }
}
