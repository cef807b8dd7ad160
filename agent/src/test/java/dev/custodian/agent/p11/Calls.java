package dev.custodian.agent.p11;

import dev.custodian.core.Bytes;
import java.util.ArrayList;
import java.util.List;

/// Writes the body of a request, as a client does.
final class Calls {
    private final List<Bytes> parts = new ArrayList<>();

    private Calls() {}

    static Calls of(int number, String values) {
        return new Calls().u32(number).string(Bytes.utf8(values));
    }

    static byte[] initialize() {
        return of(1, "ayyay")
                .octets(Bytes.utf8("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1"))
                .u8(0)
                .octets(Bytes.of((byte) 0))
                .done();
    }

    Calls u8(int value) {
        parts.add(Bytes.of((byte) value));
        return this;
    }

    Calls u32(int value) {
        parts.add(Bytes.u32(value));
        return this;
    }

    Calls u64(long value) {
        parts.add(Bytes.u64(value));
        return this;
    }

    Calls string(Bytes value) {
        return u32(value.size()).plain(value);
    }

    Calls octets(Bytes value) {
        return u8(1).string(value);
    }

    Calls plain(Bytes value) {
        parts.add(value);
        return this;
    }

    Calls hex(String value) {
        return plain(Bytes.fromHex(value.replace(" ", "")));
    }

    byte[] done() {
        return Bytes.concat(parts.toArray(Bytes[]::new)).toArray();
    }
}
