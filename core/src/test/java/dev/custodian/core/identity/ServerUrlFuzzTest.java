package dev.custodian.core.identity;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import java.nio.charset.StandardCharsets;

/// No text makes the reader do anything but read or refuse; what it reads leads to a host and
/// nowhere else.
class ServerUrlFuzzTest {
    @FuzzTest
    void isRefusedOrReadsTheSameAgain(byte[] octets) {
        var text = new String(octets, StandardCharsets.UTF_8);
        try {
            var url = ServerUrl.parse(text);
            var port = url.getPort() == -1 ? "" : ":" + url.getPort();
            if (!text.equals("https://" + url.getHost() + port + url.getRawPath())) {
                throw new AssertionError("more than host, port and path");
            }
        } catch (MalformedException e) {
            return;
        }
    }
}
