package dev.custodian.server;

import dev.custodian.core.Bytes;
import java.util.Arrays;

/// A compact JWS that says whatever a fuzzer wants.
public final class FuzzedJws {
    private static final String SIGNATURE = Bytes.of(new byte[64]).base64Url();

    private FuzzedJws() {}

    /// Makes one of `header LF payload`, with a signature that is none.
    public static String of(byte[] input) {
        int end = 0;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        var header = Bytes.of(Arrays.copyOf(input, end));
        var payload =
                Bytes.of(Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length));
        return header.base64Url() + "." + payload.base64Url() + "." + SIGNATURE;
    }
}
