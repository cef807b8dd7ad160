package dev.custodian.device.tpm;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The little of DER (X.690 §10) that a key file needs: tags of one octet, definite lengths in
/// their shortest form.
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;

    private static final int LONG = 0x80;

    private final byte[] octets;
    private int at;

    Der(byte[] octets) {
        this.octets = octets;
    }

    /// Whether an element of this tag comes next.
    boolean next(int tag) {
        return at < octets.length && (octets[at] & 0xff) == tag;
    }

    /// The content of the next element, which has to have this tag.
    byte[] element(int tag) throws MalformedException {
        if (!next(tag)) {
            throw new MalformedException(Reason.SYNTAX, "no element of tag " + tag);
        }
        at++;
        int size = length();
        if (size > octets.length - at) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        at += size;
        return Arrays.copyOfRange(octets, at - size, at);
    }

    private int length() throws MalformedException {
        int first = octet();
        if (first < LONG) {
            return first;
        }
        int count = first - LONG;
        if (count < 1 || count > 2) {
            throw new MalformedException(Reason.SIZE, "an element of no length or too long");
        }
        int size = octet();
        if (count == 2) {
            size = size << 8 | octet();
        }
        if (size < (count == 1 ? LONG : 1 << 8)) {
            throw new MalformedException(Reason.SPELLING, "a length not in its shortest form");
        }
        return size;
    }

    private int octet() throws MalformedException {
        if (at >= octets.length) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        return octets[at++] & 0xff;
    }

    void done() throws MalformedException {
        if (at != octets.length) {
            throw new MalformedException(Reason.SIZE, "something follows the last element");
        }
    }

    /// An element of these contents, one behind the other.
    static byte[] write(int tag, byte[]... contents) {
        int size = Arrays.stream(contents).mapToInt(one -> one.length).sum();
        var out = ByteBuffer.allocate(4 + size).put((byte) tag);
        if (size < LONG) {
            out.put((byte) size);
        } else if (size < 1 << 8) {
            out.put((byte) (LONG + 1)).put((byte) size);
        } else {
            out.put((byte) (LONG + 2)).putShort((short) size);
        }
        for (var content : contents) {
            out.put(content);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
