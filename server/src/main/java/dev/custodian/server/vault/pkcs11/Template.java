package dev.custodian.server.vault.pkcs11;

import dev.custodian.core.Secret;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Attributes that an object is to have, or is found by. Immutable: each method returns a longer
/// one.
public final class Template {
    private static final Template EMPTY = new Template(List.of());

    private final List<Attribute> attributes;

    private Template(List<Attribute> attributes) {
        this.attributes = attributes;
    }

    private record Attribute(long type, Value value) {}

    private interface Value {
        MemorySegment encode(Arena arena, Abi abi);
    }

    public static Template empty() {
        return EMPTY;
    }

    /// Adds a CK_BBOOL.
    public Template with(long type, boolean value) {
        return with(type, new byte[] {(byte) (value ? 1 : 0)});
    }

    /// Adds a CK_ULONG.
    public Template with(long type, long value) {
        return add(
                type,
                (arena, abi) -> {
                    var number = arena.allocate(abi.ulong());
                    abi.put(number, 0, value);
                    return number;
                });
    }

    /// Adds octets. They are copied.
    public Template with(long type, byte[] octets) {
        var value = octets.clone();
        return add(type, (arena, abi) -> arena.allocateFrom(ValueLayout.JAVA_BYTE, value));
    }

    /// Adds a text, in UTF-8.
    public Template with(long type, String text) {
        return with(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Adds octets that are read when they are needed, not copied.
    public Template with(long type, Secret secret) {
        return add(
                type, (arena, abi) -> arena.allocateFrom(ValueLayout.JAVA_BYTE, secret.expose()));
    }

    /// Adds attributes that are the value of one: CKA_UNWRAP_TEMPLATE.
    public Template with(long type, Template value) {
        return add(type, value::encode);
    }

    private Template add(long type, Value value) {
        var longer = new ArrayList<>(attributes);
        longer.add(new Attribute(type, value));
        return new Template(List.copyOf(longer));
    }

    /// How many attributes.
    int size() {
        return attributes.size();
    }

    /// An array of CK_ATTRIBUTE.
    MemorySegment encode(Arena arena, Abi abi) {
        var struct = Struct.CK_ATTRIBUTE;
        var encoded = arena.allocate(struct.size(abi) * Math.max(1, size()), 8);
        for (int i = 0; i < size(); i++) {
            var value = attributes.get(i).value().encode(arena, abi);
            long at = i * struct.size(abi);
            abi.put(encoded, at + struct.offset(abi, 0), attributes.get(i).type());
            Abi.put(encoded, at + struct.offset(abi, 1), value);
            abi.put(encoded, at + struct.offset(abi, 2), value.byteSize());
        }
        return encoded;
    }
}
