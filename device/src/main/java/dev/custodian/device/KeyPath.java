package dev.custodian.device;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;

/// The path of a file within a URI: segments behind slashes, in UTF-8, everything but the
/// unreserved characters of RFC 3986 §2.3 and `:` as `%` and two upper-case digits. On Windows
/// `C:\keys\work.p8` is `/C:/keys/work.p8`.
final class KeyPath {
    private static final String PLAIN = "-._~/:";
    private static final int LONGEST = 3 * 4096;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private KeyPath() {}

    static void require(Path path) {
        if (!path.isAbsolute() || !path.normalize().equals(path) || path.getFileName() == null) {
            throw new IllegalArgumentException("not the whole path of a file: " + path);
        }
        if (encode(path).length() > LONGEST) {
            throw new IllegalArgumentException("a path that is too long for a URI");
        }
    }

    static String encode(Path path) {
        var text = path.toString();
        if (File.separatorChar != '/') {
            text = "/" + text.replace(File.separatorChar, '/');
        }
        try {
            var octets = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            var out = new StringBuilder();
            while (octets.hasRemaining()) {
                byte octet = octets.get();
                if (isPlain((char) (octet & 0xff))) {
                    out.append((char) octet);
                } else {
                    out.append('%').append(HEX.toHexDigits(octet));
                }
            }
            return out.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a path that is no text", e);
        }
    }

    private static boolean isPlain(char character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || PLAIN.indexOf(character) >= 0;
    }

    /// Takes more spellings than one: the caller compares with [#encode].
    static Path decode(String text) throws MalformedException {
        var octets = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character == '%' && at + 2 < text.length()) {
                octets.write(octet(text, at + 1));
                at += 2;
            } else if (isPlain(character)) {
                octets.write(character);
            } else {
                throw new MalformedException(Reason.SYNTAX, "a character that has to be encoded");
            }
        }
        try {
            var path =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(octets.toByteArray()))
                            .toString();
            if (File.separatorChar != '/') {
                path = path.startsWith("/") ? path.substring(1) : path;
            }
            var decoded = Path.of(path);
            require(decoded);
            return decoded;
        } catch (CharacterCodingException e) {
            throw new MalformedException(Reason.SYNTAX, "a path that is not in UTF-8");
        } catch (InvalidPathException e) {
            throw new MalformedException(Reason.SYNTAX, "a path that this system does not have");
        } catch (IllegalArgumentException e) {
            throw new MalformedException(Reason.SYNTAX, "not the whole path of a file");
        }
    }

    private static int octet(String text, int at) throws MalformedException {
        if (!HexFormat.isHexDigit(text.charAt(at)) || !HexFormat.isHexDigit(text.charAt(at + 1))) {
            throw new MalformedException(Reason.SYNTAX, "no octet behind %");
        }
        return HexFormat.fromHexDigits(text, at, at + 2);
    }
}
