package dev.custodian.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLEncoder;
import java.util.Map;
import java.util.stream.Collectors;

/// No octets make the decoder do anything but read or refuse; what it reads means the same when it
/// is written again by another encoder.
class FormFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) throws CallRefused {
        Map<String, String> fields;
        try {
            fields = Form.decode(new String(octets, UTF_8));
        } catch (CallRefused e) {
            return;
        }
        String again =
                fields.entrySet().stream()
                        .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                        .collect(Collectors.joining("&"));
        assertThat(Form.decode(again)).isEqualTo(fields);
    }

    private static String encode(String word) {
        return URLEncoder.encode(word, UTF_8);
    }
}
