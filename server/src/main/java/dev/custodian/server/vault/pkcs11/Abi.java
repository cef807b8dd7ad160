package dev.custodian.server.vault.pkcs11;

import java.io.File;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How a system lays out what PKCS#11 passes by address: the size of CK_ULONG, and whether
/// structures have gaps.
enum Abi {
    /// CK_ULONG is C's `long` of 8 octets, structures as the compiler lays them out.
    LINUX(8, 8),

    /// CK_ULONG has 4 octets, structures are packed without gaps.
    WINDOWS(4, 1);

    static final Abi HOST = File.separatorChar == '\\' ? WINDOWS : LINUX;

    private final int ulong;
    private final int alignment;

    Abi(int ulong, int alignment) {
        this.ulong = ulong;
        this.alignment = alignment;
    }

    /// Octets of a CK_ULONG.
    int ulong() {
        return ulong;
    }

    /// The greatest alignment that a member of a structure gets, octets.
    int alignment() {
        return alignment;
    }

    /// CK_ULONG as an argument of a function.
    MemoryLayout argument() {
        return ulong == 8 ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
    }

    /// Reads a CK_ULONG, which is unsigned: with 8 octets, half of all values are negative here.
    long number(MemorySegment from, long offset) {
        return ulong == 8
                ? from.get(ValueLayout.JAVA_LONG_UNALIGNED, offset)
                : Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
    }

    /// Writes a CK_ULONG.
    void put(MemorySegment into, long offset, long value) {
        if (ulong == 8) {
            into.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
        } else {
            into.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
        }
    }

    static MemorySegment pointer(MemorySegment from, long offset) {
        return from.get(ValueLayout.ADDRESS_UNALIGNED, offset);
    }

    static void put(MemorySegment into, long offset, MemorySegment pointer) {
        into.set(ValueLayout.ADDRESS_UNALIGNED, offset, pointer);
    }
}
