package dev.custodian.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// No octets make the parser do anything but read or refuse.
class JsonFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws MalformedException {
        Json json;
        try {
            json = Json.parse(Bytes.of(octets), 1 << 20);
        } catch (MalformedException e) {
            return;
        }
        var written = json.write();
        assertThat(Json.parse(written, Integer.MAX_VALUE)).isEqualTo(json);
        assertThat(Json.parse(written, Integer.MAX_VALUE).write()).isEqualTo(written);
    }
}
