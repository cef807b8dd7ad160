package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; the same octets have one text.
class Base64UrlFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        var text = new String(octets, StandardCharsets.UTF_8);
        Bytes decoded;
        try {
            decoded = Bytes.fromBase64Url(text);
        } catch (MalformedException e) {
            return;
        }
        assertThat(decoded.base64Url()).isEqualTo(text);
    }
}
