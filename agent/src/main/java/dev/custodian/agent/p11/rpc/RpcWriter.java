package dev.custodian.agent.p11.rpc;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes the body of an answer.
public final class RpcWriter {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    private RpcWriter() {}

    /// An answer to a call of this function; what follows must be what the function answers.
    public static RpcWriter to(Function function) {
        return new RpcWriter().u32(function.number()).string(Bytes.utf8(function.answer()));
    }

    /// The answer to a call that failed.
    public static Bytes error(Ckr code) {
        return to(Function.ERROR).number(code.number()).done();
    }

    /// `u`.
    public RpcWriter number(long value) {
        octets.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
        return this;
    }

    /// `v`.
    public RpcWriter version(int major, int minor) {
        octets.write(major);
        octets.write(minor);
        return this;
    }

    /// `s`: ASCII in exactly `size` octets.
    public RpcWriter text(String value, int size) {
        var padded = new byte[size];
        Arrays.fill(padded, (byte) ' ');
        var text = value.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, padded, 0, text.length);
        return string(Bytes.of(padded));
    }

    /// `ay`, given.
    public RpcWriter octets(Bytes value) {
        octets.write(1);
        return string(value);
    }

    /// `ay`: what there is has this size, which does not fit or was asked for alone.
    public RpcWriter sizeAlone(int size) {
        octets.write(0);
        return u32(size);
    }

    /// `au`, as far as it may be given.
    ///
    /// @param room for how many there is; 0 asks how many there are
    public RpcWriter numbers(List<Long> values, int room) {
        if (room < values.size()) {
            return sizeAlone(values.size());
        }
        octets.write(1);
        u32(values.size());
        values.forEach(this::number);
        return this;
    }

    /// How many attributes follow.
    public RpcWriter count(int attributes) {
        return u32(attributes);
    }

    /// An attribute that cannot be told.
    public RpcWriter noAttribute(int type) {
        u32(type);
        octets.write(0);
        return this;
    }

    /// An attribute.
    ///
    /// @param sizeAlone whether the program has no buffer yet
    public RpcWriter attribute(Attribute attribute, boolean sizeAlone) {
        u32(attribute.type());
        octets.write(1);
        u32(attribute.value().size());
        switch (attribute.value()) {
            case Attribute.Flag(var set) -> octets.write(set ? 1 : 0);
            case Attribute.Ulong(var number) -> number(number);
            case Attribute.Mechanisms(var numbers) -> {
                u32(numbers.size());
                numbers.forEach(this::number);
            }
            case Attribute.Octets(var value) -> {
                if (sizeAlone) {
                    u32(-1);
                } else {
                    string(value);
                }
            }
        }
        return this;
    }

    public Bytes done() {
        return Bytes.of(octets.toByteArray());
    }

    private RpcWriter string(Bytes value) {
        u32(value.size());
        octets.writeBytes(value.toArray());
        return this;
    }

    private RpcWriter u32(int value) {
        octets.writeBytes(Bytes.u32(value).toArray());
        return this;
    }
}
