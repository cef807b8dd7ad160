package dev.custodian.core.json;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Reads what RFC 8259 allows, less what our formats never hold: fractions, exponents, lone
/// surrogates, repeated members, deep nesting.
final class JsonParser {
    private final String text;
    private int at;
    private int values;

    JsonParser(String text) {
        this.text = text;
    }

    Json parse() throws MalformedException {
        var value = value(0);
        space();
        if (at != text.length()) {
            throw broken("something follows the value");
        }
        return value;
    }

    private Json value(int depth) throws MalformedException {
        if (++values > Json.MAX_VALUES) {
            throw broken(Reason.SIZE, "too many values");
        }
        space();
        char first = peek();
        if (depth == Json.MAX_DEPTH && (first == '{' || first == '[')) {
            throw broken(Reason.SIZE, "nested too deeply");
        }
        return switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Str(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> number();
        };
    }

    private Json object(int depth) throws MalformedException {
        at++;
        var members = new LinkedHashMap<String, Json>();
        space();
        if (peek() == '}') {
            at++;
            return new Json.Obj(members);
        }
        while (true) {
            space();
            if (peek() != '"') {
                throw broken("no member name");
            }
            var name = string();
            space();
            expect(':');
            if (members.putIfAbsent(name, value(depth + 1)) != null) {
                throw broken(Reason.MEMBERS, "a member twice");
            }
            space();
            if (peek() == '}') {
                at++;
                return new Json.Obj(members);
            }
            expect(',');
        }
    }

    private Json array(int depth) throws MalformedException {
        at++;
        var items = new ArrayList<Json>();
        space();
        if (peek() == ']') {
            at++;
            return new Json.Arr(items);
        }
        while (true) {
            items.add(value(depth + 1));
            space();
            if (peek() == ']') {
                at++;
                return new Json.Arr(items);
            }
            expect(',');
        }
    }

    private Json number() throws MalformedException {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        if (at == digits) {
            throw broken("no value");
        }
        if (text.charAt(digits) == '0' && (at > digits + 1 || digits > start)) {
            throw broken(Reason.SPELLING, "a number in a second spelling");
        }
        if (at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
            throw broken(Reason.VALUE, "a number that is not whole");
        }
        try {
            return new Json.Num(Long.parseLong(text.substring(start, at)));
        } catch (NumberFormatException e) {
            throw broken(Reason.SIZE, "a number beyond 64 bits");
        }
    }

    private String string() throws MalformedException {
        at++;
        int start = at;
        while (true) {
            char c = peek();
            if (c == '"') {
                return text.substring(start, at++);
            }
            if (c == '\\') {
                return escaped(start);
            }
            if (c < 0x20) {
                throw broken("a control character in a string");
            }
            at++;
        }
    }

    private String escaped(int start) throws MalformedException {
        var out = new StringBuilder(text.substring(start, at));
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                break;
            }
            if (c < 0x20) {
                throw broken("a control character in a string");
            }
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = peek();
            at++;
            switch (escape) {
                case '"', '\\', '/' -> out.append(escape);
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'u' -> out.append(hex4());
                default -> throw broken("an unknown escape");
            }
        }
        for (int i = 0; i < out.length(); i++) {
            if (Character.isHighSurrogate(out.charAt(i))
                    && i + 1 < out.length()
                    && Character.isLowSurrogate(out.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(out.charAt(i))) {
                throw broken(Reason.SYNTAX, "half a surrogate pair");
            }
        }
        return out.toString();
    }

    private char hex4() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw broken("an escape without four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private Json word(String word, Json value) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw broken("no value");
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char wanted) throws MalformedException {
        if (peek() != wanted) {
            throw broken("no '" + wanted + "'");
        }
        at++;
    }

    private char peek() throws MalformedException {
        if (at >= text.length()) {
            throw broken("the text ends too early");
        }
        return text.charAt(at);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private MalformedException broken(String what) {
        return broken(Reason.SYNTAX, what);
    }

    private MalformedException broken(Reason reason, String what) {
        return new MalformedException(reason, "JSON: " + what + " at character " + at);
    }
}
