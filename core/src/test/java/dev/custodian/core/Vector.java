package dev.custodian.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One case of a file of published vectors; `vectors/README.md` describes the notation.
///
/// What a test takes is input; what it leaves is what should come out.
public final class Vector {
    private final Map<String, String> fields = new LinkedHashMap<>();

    private Vector() {}

    /// Reads `vectors/FILE.txt`.
    public static List<Vector> read(String file) {
        String text;
        try (var in = Vector.class.getResourceAsStream("/vectors/" + file + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("no vectors: " + file);
            }
            text = new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var vectors = new ArrayList<Vector>();
        for (var block : text.split("\n\n", -1)) {
            var vector = new Vector();
            block.lines().filter(line -> !line.startsWith("#")).forEach(vector::add);
            if (!vector.fields.isEmpty()) {
                vectors.add(vector);
            }
        }
        return vectors;
    }

    private void add(String line) {
        int colon = line.indexOf(':');
        var value = line.substring(colon + 1);
        if (fields.put(line.substring(0, colon), value.isEmpty() ? "" : value.substring(1))
                != null) {
            throw new IllegalArgumentException("twice: " + line);
        }
    }

    public boolean has(String key) {
        return fields.containsKey(key);
    }

    /// Takes a value.
    public String take(String key) {
        var value = fields.remove(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key + " in " + fields);
        }
        return value;
    }

    /// Takes octets.
    public Bytes octets(String key) {
        return Bytes.fromHex(take(key));
    }

    /// Takes what is to be decoded.
    public Bytes input() {
        return has("hex") ? octets("hex") : Bytes.utf8(take("text"));
    }

    /// What was not taken.
    public Map<String, String> rest() {
        return fields;
    }
}
