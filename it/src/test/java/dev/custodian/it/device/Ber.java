package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// As much of BER-TLV as a card needs, apart from that of the client, which it is to judge.
final class Ber {
    private Ber() {}

    static byte[] write(int tag, byte[]... contents) {
        var content = new ByteArrayOutputStream();
        for (var one : contents) {
            content.writeBytes(one);
        }
        var out = new ByteArrayOutputStream();
        if (tag > 0xff) {
            out.write(tag >> 8);
        }
        out.write(tag);
        int size = content.size();
        if (size > 0xff) {
            out.write(0x82);
            out.write(size >> 8);
        } else if (size > 0x7f) {
            out.write(0x81);
        }
        out.write(size);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    static byte[] number(int tag, int... octets) {
        var content = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            content[i] = (byte) octets[i];
        }
        return write(tag, content);
    }

    /// The content of the first element of a tag of one octet, null when there is none.
    static byte @Nullable [] find(byte[] octets, int tag) {
        var in = ByteBuffer.wrap(octets);
        while (in.remaining() >= 2) {
            int found = in.get() & 0xff;
            int size = in.get() & 0xff;
            if (size == 0x81) {
                size = in.get() & 0xff;
            } else if (size == 0x82) {
                size = in.getShort() & 0xffff;
            }
            var content = new byte[size];
            in.get(content);
            if (found == tag) {
                return content;
            }
        }
        return null;
    }

    static Bytes bytes(byte @Nullable [] octets) {
        return octets == null ? Bytes.EMPTY : Bytes.of(octets);
    }
}
