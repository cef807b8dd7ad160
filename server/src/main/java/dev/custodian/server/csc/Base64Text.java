package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Base64 as clients really send it: standard or base64url, padded or not (CSC API reference §7.1).
/// What is decided is decided on the octets, so that a second spelling gains nobody anything.
final class Base64Text {
    private Base64Text() {}

    /// The octets; null when it is no base64.
    static @Nullable Bytes decode(String text) {
        int end = text.length();
        if (end % 4 == 0) {
            while (end > 0 && text.length() - end < 2 && text.charAt(end - 1) == '=') {
                end--;
            }
        }
        var plain = text.substring(0, end);
        if (plain.isEmpty() || plain.indexOf('=') >= 0) {
            return null;
        }
        try {
            return Bytes.of(Base64.getDecoder().decode(plain.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
