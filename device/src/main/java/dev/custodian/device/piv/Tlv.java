package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// BER-TLV (ISO/IEC 7816-4 §5.2.2): tags of up to three octets, definite lengths. A length may be
/// longer than it needs to be: other programs write such objects.
final class Tlv {
    private static final int LONG_TAG = 0x1f;
    private static final int LONG_LENGTH = 0x80;
    private static final int LONGEST_LENGTH = 3;

    private final byte[] octets;
    private int at;

    Tlv(Bytes octets) {
        this.octets = octets.toArray();
    }

    boolean hasNext() {
        return at < octets.length;
    }

    /// The tag of the next element, which stays the next.
    int tag() throws MalformedException {
        int before = at;
        int tag = readTag();
        at = before;
        return tag;
    }

    private int readTag() throws MalformedException {
        int octet = octet();
        int tag = octet;
        if ((octet & LONG_TAG) == LONG_TAG) {
            do {
                if (tag >>> 16 != 0) {
                    throw new MalformedException(Reason.SIZE, "a tag of more than three octets");
                }
                octet = octet();
                tag = tag << 8 | octet;
            } while ((octet & 0x80) != 0);
        }
        return tag;
    }

    /// Whether an element of this tag comes next.
    boolean next(int tag) throws MalformedException {
        return hasNext() && tag() == tag;
    }

    /// The content of the next element, which has to have this tag.
    Bytes element(int tag) throws MalformedException {
        if (!next(tag)) {
            throw new MalformedException(
                    Reason.MEMBERS, "no element of tag " + Integer.toHexString(tag));
        }
        return element();
    }

    /// The content of the next element, whatever it is.
    Bytes element() throws MalformedException {
        readTag();
        int size = length();
        if (size > octets.length - at) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        at += size;
        return Bytes.of(Arrays.copyOfRange(octets, at - size, at));
    }

    private int length() throws MalformedException {
        int first = octet();
        if (first < LONG_LENGTH) {
            return first;
        }
        int count = first - LONG_LENGTH;
        if (count < 1 || count > LONGEST_LENGTH) {
            throw new MalformedException(Reason.SIZE, "an element of no length or too long");
        }
        int size = 0;
        for (int i = 0; i < count; i++) {
            size = size << 8 | octet();
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
        if (hasNext()) {
            throw new MalformedException(Reason.SIZE, "something follows the last element");
        }
    }

    /// The content of the one element that these octets are.
    static Bytes only(int tag, Bytes octets) throws MalformedException {
        var in = new Tlv(octets);
        var content = in.element(tag);
        in.done();
        return content;
    }

    /// An element of these contents, one behind the other; the length in its shortest form.
    static byte[] write(int tag, byte[]... contents) {
        int size = Arrays.stream(contents).mapToInt(one -> one.length).sum();
        if (size >>> 8 * LONGEST_LENGTH != 0) {
            throw new IllegalArgumentException("an element of more than 24 bits of octets");
        }
        var out = ByteBuffer.allocate(3 + 4 + size);
        for (int shift = 16; shift >= 0; shift -= 8) {
            if (tag >>> shift != 0) {
                out.put((byte) (tag >>> shift));
            }
        }
        if (size < LONG_LENGTH) {
            out.put((byte) size);
        } else if (size < 1 << 8) {
            out.put((byte) (LONG_LENGTH + 1)).put((byte) size);
        } else if (size < 1 << 16) {
            out.put((byte) (LONG_LENGTH + 2)).putShort((short) size);
        } else {
            out.put((byte) (LONG_LENGTH + 3)).put((byte) (size >> 16)).putShort((short) size);
        }
        for (var content : contents) {
            out.put(content);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
