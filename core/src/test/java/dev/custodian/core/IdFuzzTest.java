package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; one id has one text.
class IdFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        var text = new String(octets, StandardCharsets.UTF_8);
        for (var kind : Id.Kind.values()) {
            try {
                var id = Id.parse(kind, text);
                var random = Base32.decode(text.substring(kind.prefix().length()), 16);
                assertThat(id).isEqualTo(Id.of(kind, random));
                assertThat(id.text()).isEqualTo(text);
            } catch (MalformedException e) {
                assertThat(e.reason()).isNotNull();
            }
        }
    }
}
