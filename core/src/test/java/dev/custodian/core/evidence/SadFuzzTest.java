package dev.custodian.core.evidence;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; one SAD has one text.
class SadFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) {
        var text = new String(octets, StandardCharsets.UTF_8);
        try {
            if (!Sad.parse(text).expose().equals(text)) {
                throw new AssertionError("a second spelling");
            }
        } catch (MalformedException e) {
            return;
        }
    }
}
