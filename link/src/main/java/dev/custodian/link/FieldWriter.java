package dev.custodian.link;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.function.BiConsumer;

/// Writes fields in their fixed order; numbers are big-endian (FORMATS §8).
final class FieldWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    FieldWriter u8(int value) {
        out.write(value);
        return this;
    }

    FieldWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    FieldWriter u32(long value) {
        return raw(Bytes.u32((int) value));
    }

    FieldWriter u64(long value) {
        return raw(Bytes.u64(value));
    }

    FieldWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    FieldWriter text(String text) {
        return bytes(Bytes.utf8(text));
    }

    FieldWriter bytes(Bytes bytes) {
        return u32(bytes.size()).raw(bytes);
    }

    <T> FieldWriter list(Collection<T> items, BiConsumer<FieldWriter, T> item) {
        u16(items.size());
        items.forEach(one -> item.accept(this, one));
        return this;
    }

    FieldWriter credential(Credential one) {
        return text(one.name())
                .text(one.id().text())
                .u8(one.algorithm().id())
                .u16(one.algorithm().bits())
                .bytes(one.publicKey())
                .list(one.chain(), FieldWriter::bytes)
                .u8(Codes.of(one.purpose()))
                .u8(Codes.of(one.custody()));
    }

    static int sizeOf(Credential one) {
        return new FieldWriter().credential(one).out.size();
    }

    FieldWriter consent(Consent one) {
        return text(one.id().text())
                .text(one.credential())
                .text(one.subject())
                .u16(one.remaining())
                .text(one.until().toString());
    }

    FieldWriter optionalTime(Instant time) {
        boolean given = !time.equals(Instant.EPOCH);
        return given ? flag(true).text(time.toString()) : flag(false);
    }

    FieldWriter device(Answer.Device one) {
        return text(one.id().text())
                .text(one.name())
                .flag(one.ours())
                .flag(one.active())
                .text(one.created().toString())
                .optionalTime(one.seen());
    }

    FieldWriter newDevice(Answer.NewDevice one) {
        return text(one.id().text())
                .text(one.name())
                .text(one.number())
                .text(one.until().toString());
    }

    FieldWriter raw(Bytes bytes) {
        out.writeBytes(bytes.toArray());
        return this;
    }

    Bytes written() {
        return Bytes.of(out.toByteArray());
    }
}
