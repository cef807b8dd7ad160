package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// Reads fields of fixed sizes and such with a `u16` length before them (Part 2 §4, §10.4). Each
/// size is checked against its limit and against what is left before anything is made of it.
final class Fields {
    private final Bytes octets;
    private int at;

    Fields(Bytes octets) {
        this.octets = octets;
    }

    int u8(String what) throws MalformedException {
        return (int) number(what, 1);
    }

    int u16(String what) throws MalformedException {
        return (int) number(what, 2);
    }

    /// All 32 bits, also where they are below zero in Java.
    int u32(String what) throws MalformedException {
        return (int) number(what, 4);
    }

    /// All 64 bits, also where they are below zero in Java.
    long u64(String what) throws MalformedException {
        return number(what, 8);
    }

    private long number(String what, int size) throws MalformedException {
        long value = 0;
        for (byte octet : raw(what, size).toArray()) {
            value = value << 8 | octet & 0xff;
        }
        return value;
    }

    /// `u16` length, at most `most`, and so many octets.
    Bytes sized(String what, int most) throws MalformedException {
        int size = u16(what);
        if (size > most) {
            throw new MalformedException(Reason.SIZE, what + " of more than " + most + " octets");
        }
        return raw(what, size);
    }

    /// So many octets.
    Bytes raw(String what, int size) throws MalformedException {
        if (size > left()) {
            throw new MalformedException(Reason.SIZE, "the octets end within: " + what);
        }
        at += size;
        return octets.slice(at - size, at);
    }

    int left() {
        return octets.size() - at;
    }

    void require(boolean holds, String rule) throws MalformedException {
        if (!holds) {
            throw new MalformedException(rule);
        }
    }

    void done() throws MalformedException {
        if (left() != 0) {
            throw new MalformedException(Reason.SIZE, "something follows the last field");
        }
    }

    static Bytes u16(int value) {
        return Bytes.of((byte) (value >> 8), (byte) value);
    }

    /// `u16` length and the octets.
    static Bytes sized(Bytes octets) {
        return Bytes.concat(u16(octets.size()), octets);
    }
}
