package dev.custodian.server.http;

import dev.custodian.core.Bytes;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// An answer.
///
/// @param status the HTTP status, 200 to 599
/// @param contentType the `Content-Type`; empty only with an empty body
/// @param body the octets
/// @param headers further headers, names in any case; `Cache-Control` is `no-store` unless given
public record Reply(int status, String contentType, Bytes body, Map<String, String> headers) {
    /// Checks that nothing of it can break out of its line on the wire.
    public Reply {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("not a final status: " + status);
        }
        if (contentType.isEmpty() && body.size() > 0) {
            throw new IllegalArgumentException("a body without a content type");
        }
        requireFieldValue(contentType);
        var copy = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach(
                (name, value) -> {
                    requireFieldName(name);
                    requireFieldValue(value);
                    copy.put(name, value);
                });
        headers = Collections.unmodifiableMap(copy);
    }

    /// Returns an answer of JSON octets.
    public static Reply json(int status, Bytes body) {
        return new Reply(status, "application/json", body, Map.of());
    }

    /// Returns an answer of plain text.
    public static Reply text(int status, String text) {
        return new Reply(status, "text/plain; charset=utf-8", Bytes.utf8(text), Map.of());
    }

    /// Returns an answer without a body.
    public static Reply empty(int status) {
        return new Reply(status, "", Bytes.EMPTY, Map.of());
    }

    /// Returns this answer with the header set, in place of an earlier value.
    public Reply withHeader(String name, String value) {
        var more = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, value);
        return new Reply(status, contentType, body, more);
    }

    /// Says what kind of answer this is, and nothing of what it carries.
    @Override
    public String toString() {
        return status + " " + contentType + " (" + body.size() + " octets)";
    }

    // RFC 9110 §5.6.2
    private static void requireFieldName(String name) {
        if (name.isEmpty() || !name.chars().allMatch(Reply::isTokenCharacter)) {
            throw new IllegalArgumentException("not a header name");
        }
    }

    // RFC 9110 §5.5, without obs-text
    private static void requireFieldValue(String value) {
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("not a header value");
        }
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
