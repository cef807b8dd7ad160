package dev.custodian.agent.ssh;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/// Writes the data types of RFC 4251 §5.
final class SshWriter {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    SshWriter u8(int value) {
        octets.write(value);
        return this;
    }

    SshWriter u32(int value) {
        return plain(Bytes.u32(value));
    }

    SshWriter string(Bytes value) {
        return u32(value.size()).plain(value);
    }

    SshWriter string(String value) {
        return string(Bytes.utf8(value));
    }

    SshWriter mpint(BigInteger value) {
        return string(value.signum() == 0 ? Bytes.EMPTY : Bytes.of(value.toByteArray()));
    }

    SshWriter plain(Bytes value) {
        octets.writeBytes(value.toArray());
        return this;
    }

    Bytes done() {
        return Bytes.of(octets.toByteArray());
    }
}
