package dev.custodian.server.config;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// A TOML file whose keys are asked for one by one; what was not asked for is refused at the end.
final class Toml {
    private static final TomlMapper TOML = TomlMapper.builder().build();

    private final Path file;
    private final List<String> lines;
    private final JsonNode root;
    private final Set<String> known = new HashSet<>();

    private Toml(Path file, List<String> lines, JsonNode root) {
        this.file = file;
        this.lines = lines;
        this.root = root;
    }

    static Toml parse(Path file, String text) throws Refused {
        try {
            return new Toml(file, text.lines().toList(), TOML.readTree(text));
        } catch (JacksonException e) {
            var at = e.getLocation();
            var line = at == null || at.getLineNr() < 1 ? "" : ", line " + at.getLineNr();
            throw new Refused(FailureKind.CONFIG_WRONG, file + line + ": this is not TOML.");
        }
    }

    String text(String key, String absent) throws Refused {
        var value = value(key);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isString()) {
            throw wrong(key, "is not a text in quotes");
        }
        return value.stringValue();
    }

    String text(String key, String absent, int longest) throws Refused {
        var text = text(key, absent);
        if (text.isBlank() || text.length() > longest) {
            throw wrong(key, "is empty or has more than " + longest + " characters");
        }
        return text;
    }

    String choice(String key, String absent, List<String> allowed) throws Refused {
        var text = text(key, absent);
        if (!allowed.contains(text)) {
            throw wrong(key, "is not one of " + String.join(", ", allowed));
        }
        return text;
    }

    long number(String key, long absent, long least, long most) throws Refused {
        var value = value(key);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw wrong(key, "is not a whole number from " + least + " to " + most);
        }
        return value.longValue();
    }

    /// Whether the file has this key.
    boolean has(String key) {
        return !value(key).isMissingNode();
    }

    /// Tables of the same name, `[[key]]`; none where there is none.
    List<Toml> tables(String key) throws Refused {
        var value = value(key);
        var tables = new ArrayList<Toml>();
        for (var one : value.values()) {
            tables.add(new Toml(file, List.of(), one));
        }
        if (!value.isMissingNode()
                && (!value.isArray() || tables.stream().anyMatch(one -> !one.root.isObject()))) {
            throw wrong(key, "is not [[" + key + "]]");
        }
        return tables;
    }

    private JsonNode value(String key) {
        known.add(key);
        var node = root;
        for (var part : key.split("\\.", -1)) {
            node = node.path(part);
        }
        return node;
    }

    /// Refuses every key that nobody asked for.
    void done() throws Refused {
        refuseUnknown("", root);
    }

    private void refuseUnknown(String prefix, JsonNode table) throws Refused {
        for (var entry : table.properties()) {
            var key = prefix + entry.getKey();
            boolean isTable =
                    known.stream().anyMatch(k -> k.startsWith(key + "."))
                            && entry.getValue().isObject();
            if (isTable) {
                refuseUnknown(key + ".", entry.getValue());
            } else if (!known.contains(key)) {
                throw wrong(key, "is not a key that this version knows");
            }
        }
    }

    Refused wrong(String key, String sentence) {
        int line = line(key);
        return new Refused(
                FailureKind.CONFIG_WRONG,
                file + (line > 0 ? ", line " + line : "") + ": " + key + " " + sentence + ".");
    }

    /// The line that a key is on, in the forms that people write; 0 when it is on none.
    private int line(String key) {
        int dot = key.lastIndexOf('.');
        var table = dot < 0 ? "" : key.substring(0, dot);
        var name = Pattern.quote(dot < 0 ? key : key.substring(dot + 1));
        var assignment = Pattern.compile("\\s*[\"']?" + name + "[\"']?\\s*=.*");
        var header = Pattern.compile("\\s*\\[+\\s*([^\\]]*?)\\s*\\]+.*");
        var current = "";
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var matcher = header.matcher(line);
            if (matcher.matches()) {
                current = matcher.group(1);
                if (current.equals(key)) {
                    return i + 1;
                }
            }
            if (current.equals(table) && assignment.matcher(line).matches()) {
                return i + 1;
            }
        }
        return 0;
    }

    /// A text as a TOML basic string.
    static String quote(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
