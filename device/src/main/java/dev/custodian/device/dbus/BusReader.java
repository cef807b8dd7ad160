package dev.custodian.device.dbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Reads values as D-Bus marshals them; refuses what is cut off, padded with other than zeros, or
/// too deep.
public final class BusReader {
    private static final int DEEPEST = 16;

    /// Most octets of an object's path: those of keyrings have less than a hundred.
    private static final int LONGEST_PATH = 512;

    /// D-Bus specification, "Valid Object Paths".
    private static final Pattern PATH = Pattern.compile("/|(?:/[A-Za-z0-9_]++)++");

    private final ByteBuffer in;

    BusReader(byte[] octets, ByteOrder order) {
        this.in = ByteBuffer.wrap(octets).order(order);
    }

    private void require(int octets) throws BusException {
        if (octets < 0 || in.remaining() < octets) {
            throw BusException.malformed("it is cut off");
        }
    }

    /// Skips zeros up to a multiple of this.
    public BusReader align(int to) throws BusException {
        for (int more = -in.position() & to - 1; more > 0; more--) {
            if (u8() != 0) {
                throw BusException.malformed("padding of other than zeros");
            }
        }
        return this;
    }

    int position() {
        return in.position();
    }

    public int u8() throws BusException {
        require(1);
        return in.get() & 0xff;
    }

    /// Type `u`, all 32 bits.
    public int u32() throws BusException {
        align(4);
        require(4);
        return in.getInt();
    }

    /// Type `b`.
    public boolean bool() throws BusException {
        int value = u32();
        if (value != 0 && value != 1) {
            throw BusException.malformed("a truth value of " + value);
        }
        return value == 1;
    }

    /// Type `s`.
    public String text() throws BusException {
        return text(u32());
    }

    /// Type `o`: what is no path of an object is refused, since it goes into calls and rules.
    public String path() throws BusException {
        int size = u32();
        if (size > LONGEST_PATH) {
            throw BusException.malformed("a path that is too long");
        }
        var path = text(size);
        if (!PATH.matcher(path).matches()) {
            throw BusException.malformed("a path that is none");
        }
        return path;
    }

    /// Type `g`.
    public String signature() throws BusException {
        return text(u8());
    }

    private String text(int size) throws BusException {
        var encoded = raw(size);
        if (u8() != 0) {
            throw BusException.malformed("a text without its end");
        }
        try {
            var text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)).toString();
            if (text.indexOf('\0') >= 0) {
                throw BusException.malformed("a text with an end within");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw BusException.malformed("a text that is no UTF-8");
        }
    }

    /// Type `ay`.
    public byte[] bytes() throws BusException {
        return raw(u32());
    }

    private byte[] raw(int size) throws BusException {
        require(size);
        var octets = new byte[size];
        in.get(octets);
        return octets;
    }

    /// Reads one element of an array.
    public interface Element<T> {
        T read(BusReader in) throws BusException;
    }

    /// An array.
    ///
    /// @param alignment of its elements: 8 for structures and entries of dictionaries
    public <T> List<T> array(int alignment, Element<T> element) throws BusException {
        int size = u32();
        align(alignment);
        require(size);
        int end = in.position() + size;
        var elements = new ArrayList<T>();
        while (in.position() < end) {
            int before = in.position();
            elements.add(element.read(this));
            if (in.position() == before) {
                throw BusException.malformed("an element of no size");
            }
        }
        if (in.position() != end) {
            throw BusException.malformed("an array with another end than it says");
        }
        return elements;
    }

    /// The beginning of a variant that has to be of this type.
    public BusReader variant(String type) throws BusException {
        if (!signature().equals(type)) {
            throw BusException.malformed("a variant of another type");
        }
        return this;
    }

    /// Steps over a variant of whatever type.
    public void skipVariant() throws BusException {
        skipVariant(0);
    }

    private void skipVariant(int depth) throws BusException {
        var type = signature();
        if (skip(type, 0, depth) != type.length()) {
            throw BusException.malformed("a variant that is not of one type");
        }
    }

    /// Steps over a value.
    ///
    /// @return where the type ends in the signature
    private int skip(String type, int at, int depth) throws BusException {
        if (depth > DEEPEST) {
            throw BusException.malformed("values too deep in each other");
        }
        switch (code(type, at)) {
            case 'y' -> u8();
            case 'n', 'q' -> align(2).raw(2);
            case 'b', 'u', 'i', 'h' -> u32();
            case 'x', 't', 'd' -> align(8).raw(8);
            case 's' -> text();
            case 'o' -> path();
            case 'g' -> signature();
            case 'v' -> skipVariant(depth + 1);
            case 'a' -> {
                int end = end(type, at + 1, depth + 1);
                int size = u32();
                align(alignment(code(type, at + 1)));
                raw(size);
                return end;
            }
            case '(', '{' -> {
                align(8);
                int next = at + 1;
                while (code(type, next) != ')' && code(type, next) != '}') {
                    next = skip(type, next, depth + 1);
                }
                return next + 1;
            }
            default -> throw BusException.malformed("a type that is none");
        }
        return at + 1;
    }

    private static char code(String type, int at) throws BusException {
        if (at >= type.length()) {
            throw BusException.malformed("a type that is cut off");
        }
        return type.charAt(at);
    }

    private static int alignment(char code) {
        return switch (code) {
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            case 'x', 't', 'd', '(', '{' -> 8;
            default -> 4;
        };
    }

    /// Where the type that begins here ends.
    private static int end(String type, int at, int depth) throws BusException {
        if (depth > DEEPEST) {
            throw BusException.malformed("values too deep in each other");
        }
        char code = code(type, at);
        if (code == 'a') {
            return end(type, at + 1, depth + 1);
        }
        if (code != '(' && code != '{') {
            return at + 1;
        }
        int next = at + 1;
        while (code(type, next) != ')' && code(type, next) != '}') {
            next = end(type, next, depth + 1);
        }
        return next + 1;
    }

    /// Refuses when more follows.
    public void end() throws BusException {
        if (in.hasRemaining()) {
            throw BusException.malformed("more than it says");
        }
    }
}
