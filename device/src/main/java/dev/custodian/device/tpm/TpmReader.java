package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import java.util.Arrays;

/// Reads what a TPM wrote (Part 2 §4). Each size is checked against its limit and against what is
/// left before anything is made of it.
final class TpmReader {
    private final byte[] octets;
    private int at;

    /// @param octets not copied: whoever has them wipes them
    TpmReader(byte[] octets) {
        this.octets = octets;
    }

    int u8(String what) throws MalformedException {
        return number(what, 1);
    }

    int u16(String what) throws MalformedException {
        return number(what, 2);
    }

    /// All 32 bits, also where they are below zero in Java.
    int u32(String what) throws MalformedException {
        return number(what, 4);
    }

    private int number(String what, int size) throws MalformedException {
        requireLeft(what, size);
        int value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | octets[at++] & 0xff;
        }
        return value;
    }

    /// A `TPM2B`: `u16` length and so many octets.
    Bytes sized(String what, int most) throws MalformedException {
        return Bytes.of(array(what, size(what, most)));
    }

    /// The same for what is secret; the caller closes it.
    Secret secret(String what, int most) throws MalformedException {
        return Secret.owning(array(what, size(what, most)));
    }

    private int size(String what, int most) throws MalformedException {
        int size = u16(what);
        if (size > most) {
            throw new MalformedException(Reason.SIZE, what + " of more than " + most + " octets");
        }
        return size;
    }

    /// So many octets, which the caller wipes when they are secret.
    byte[] array(String what, int size) throws MalformedException {
        requireLeft(what, size);
        at += size;
        return Arrays.copyOfRange(octets, at - size, at);
    }

    int left() {
        return octets.length - at;
    }

    private void requireLeft(String what, int size) throws MalformedException {
        if (size < 0 || size > left()) {
            throw new MalformedException(Reason.SIZE, "the octets end within: " + what);
        }
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
}
