package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import java.util.Arrays;

/// Writes what a TPM reads (Part 2 §4), up to the longest command. What it outgrew or was wiped of
/// is no longer in memory.
final class TpmWriter {
    private byte[] octets = new byte[256];
    private int size;

    TpmWriter u8(int value) {
        return raw(new byte[] {(byte) value});
    }

    TpmWriter u16(int value) {
        return raw(new byte[] {(byte) (value >> 8), (byte) value});
    }

    TpmWriter u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    /// A `TPM2B`: `u16` length and the octets.
    TpmWriter sized(byte[] content) {
        return u16(content.length).raw(content);
    }

    TpmWriter sized(Bytes content) {
        return sized(content.toArray());
    }

    TpmWriter raw(Bytes content) {
        return raw(content.toArray());
    }

    TpmWriter raw(byte[] content) {
        if (content.length > TpmTransport.LONGEST - size) {
            throw new IllegalArgumentException("longer than a command");
        }
        if (size + content.length > octets.length) {
            var larger = Arrays.copyOf(octets, TpmTransport.LONGEST);
            wipe();
            octets = larger;
        }
        System.arraycopy(content, 0, octets, size, content.length);
        size += content.length;
        return this;
    }

    byte[] toArray() {
        return Arrays.copyOf(octets, size);
    }

    Bytes bytes() {
        return Bytes.of(toArray());
    }

    /// Forgets what was written.
    void wipe() {
        Arrays.fill(octets, (byte) 0);
    }
}
