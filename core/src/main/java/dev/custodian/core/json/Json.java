package dev.custodian.core.json;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/// A JSON value (RFC 8259) as our frozen formats use it: whole numbers only, no member twice, no
/// depth beyond [#MAX_DEPTH].
public sealed interface Json {
    /// Most objects and arrays around a value, itself counted.
    int MAX_DEPTH = 16;

    /// Most values in one text, itself and all that it holds: one octet of text can become a
    /// hundred in the heap. An intent with 4,000 labelled digests has about 12,000.
    int MAX_VALUES = 20_000;

    /// An object, in the order of its members.
    record Obj(SequencedMap<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }
    }

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }

        public static Arr of(Json... items) {
            return new Arr(List.of(items));
        }

        /// An array of strings.
        public static Arr ofTexts(List<String> texts) {
            return new Arr(texts.stream().<Json>map(Str::new).toList());
        }
    }

    record Str(String text) implements Json {}

    record Num(long value) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    /// Reads one value that fills `octets` but for white space; at most `maxSize` octets.
    static Json parse(Bytes octets, int maxSize) throws MalformedException {
        if (octets.size() > maxSize) {
            throw new MalformedException(Reason.SIZE, "JSON of more than " + maxSize + " octets");
        }
        return new JsonParser(octets.utf8()).parse();
    }

    /// The value in UTF-8 without white space, members in their order.
    default Bytes write() {
        var out = new StringBuilder();
        JsonWriter.write(this, out);
        return Bytes.utf8(out.toString());
    }

    /// Starts an object; members keep the order in which they are put.
    static Builder object() {
        return new Builder();
    }

    /// Collects the members of an object.
    final class Builder {
        private final SequencedMap<String, Json> members = new LinkedHashMap<>();

        private Builder() {}

        public Builder put(String name, Json value) {
            if (members.putIfAbsent(name, value) != null) {
                throw new IllegalArgumentException("the member " + name + " twice");
            }
            return this;
        }

        public Builder put(String name, String text) {
            return put(name, new Str(text));
        }

        public Builder put(String name, long number) {
            return put(name, new Num(number));
        }

        /// Octets as base64url.
        public Builder put(String name, Bytes octets) {
            return put(name, new Str(octets.base64Url()));
        }

        public Obj build() {
            return new Obj(members);
        }
    }

    /// A list made by turning each item into a value.
    static <T> Arr array(List<T> items, Function<T, Json> toJson) {
        var out = new ArrayList<Json>(items.size());
        for (var item : items) {
            out.add(toJson.apply(item));
        }
        return new Arr(out);
    }

    /// Reads the members of an object one by one; [Members#done] refuses those that nobody asked
    /// for.
    static Members members(Json value, String what) throws MalformedException {
        if (!(value instanceof Obj(Map<String, Json> members))) {
            throw new MalformedException(what + " is not an object");
        }
        return new Members(members, what);
    }
}
