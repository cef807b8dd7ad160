package dev.custodian.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; the same octets have one text.
class Base32FuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) {
        var text = new String(octets, StandardCharsets.UTF_8);
        try {
            var decoded = Base32.decode(text, text.length() * 5 / 8);
            if (!Base32.encode(decoded).equals(text)) {
                throw new AssertionError("a second spelling");
            }
        } catch (MalformedException e) {
            return;
        }
    }
}
