package dev.custodian.device.dbus;

import dev.custodian.core.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes values as D-Bus marshals them, in little-endian: each aligned to its size, counted from
/// the beginning.
public final class BusWriter {
    private byte[] octets = new byte[256];
    private int size;

    private void room(int more) {
        if (octets.length - size < more) {
            octets = Arrays.copyOf(octets, Math.max(2 * octets.length, size + more));
        }
    }

    /// Zeros up to a multiple of this.
    public BusWriter align(int to) {
        int more = -size & to - 1;
        room(more);
        size += more;
        return this;
    }

    public BusWriter u8(int value) {
        room(1);
        octets[size++] = (byte) value;
        return this;
    }

    /// Type `u`.
    public BusWriter u32(int value) {
        align(4);
        room(4);
        put(size, value);
        size += 4;
        return this;
    }

    private void put(int at, int value) {
        ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }

    /// Type `b`.
    public BusWriter bool(boolean value) {
        return u32(value ? 1 : 0);
    }

    /// Types `s` and `o`.
    public BusWriter text(String text) {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        return u32(encoded.length).raw(encoded).u8(0);
    }

    /// Type `g`.
    public BusWriter signature(String signature) {
        var encoded = signature.getBytes(StandardCharsets.US_ASCII);
        return u8(encoded.length).raw(encoded).u8(0);
    }

    /// Type `ay`.
    public BusWriter bytes(byte[] value) {
        return u32(value.length).raw(value);
    }

    BusWriter raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, octets, size, value.length);
        size += value.length;
        return this;
    }

    /// Writes what is in an array, or in a part of it.
    public interface Elements {
        void write(BusWriter out);
    }

    /// An array.
    ///
    /// @param alignment of its elements: 8 for structures and entries of dictionaries
    public BusWriter array(int alignment, Elements elements) {
        u32(0);
        int length = size - 4;
        align(alignment);
        int start = size;
        elements.write(this);
        put(length, size - start);
        return this;
    }

    Bytes toBytes() {
        return Bytes.of(Arrays.copyOf(octets, size));
    }
}
