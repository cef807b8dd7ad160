package dev.custodian.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// `application/x-www-form-urlencoded` text: a query or a form body.
///
/// Each name may appear once, as RFC 6749 §3.1 demands of OAuth parameters. Percent signs are
/// followed by two hexadecimal digits, the octets are UTF-8 without control characters, and no
/// character is accepted that should have been encoded.
public final class Form {
    private static final String PLAIN = "-._~!$'()*,;:@/?";

    private Form() {}

    /// Decodes the text; the map keeps the order in which the names came.
    ///
    /// @throws CallRefused 400 if the text is not well-formed or a name is repeated
    public static Map<String, String> decode(String text) throws CallRefused {
        if (text.isEmpty()) {
            return Map.of();
        }
        var fields = new LinkedHashMap<String, String>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = word(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : word(pair.substring(equals + 1));
            if (name.isEmpty()) {
                throw CallRefused.malformed("A parameter has no name.");
            }
            if (fields.putIfAbsent(name, value) != null) {
                throw CallRefused.malformed("A parameter is given more than once.");
            }
        }
        return Collections.unmodifiableMap(fields);
    }

    private static String word(String encoded) throws CallRefused {
        var octets = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '+') {
                octets.put((byte) ' ');
            } else if (c == '%') {
                octets.put(octet(encoded, i + 1));
                i += 2;
            } else if (c == '=' || isPlain(c)) {
                octets.put((byte) c);
            } else {
                throw CallRefused.malformed("A parameter holds a character that must be encoded.");
            }
        }
        String word;
        try {
            word = StandardCharsets.UTF_8.newDecoder().decode(octets.flip()).toString();
        } catch (CharacterCodingException _) {
            throw CallRefused.malformed("A parameter is not UTF-8.");
        }
        if (word.chars().anyMatch(Character::isISOControl)) {
            throw CallRefused.malformed("A parameter holds a control character.");
        }
        return word;
    }

    private static byte octet(String encoded, int at) throws CallRefused {
        if (at + 2 > encoded.length()
                || !HexFormat.isHexDigit(encoded.charAt(at))
                || !HexFormat.isHexDigit(encoded.charAt(at + 1))) {
            throw CallRefused.malformed("A percent sign is not followed by two digits.");
        }
        return (byte) HexFormat.fromHexDigits(encoded, at, at + 2);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || PLAIN.indexOf(c) >= 0;
    }
}
