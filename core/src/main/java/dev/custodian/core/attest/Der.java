package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// Elements of DER (X.690 §10) one behind the other: tags of one octet, definite lengths of up to
/// 64 KiB in their shortest form.
final class Der {
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private static final int LONG = 0x80;

    private final Bytes octets;
    private int at;

    Der(Bytes octets) {
        this.octets = octets;
    }

    record Element(int tag, Bytes content) {}

    boolean more() {
        return at < octets.size();
    }

    /// The next element, of whatever tag.
    Element next() throws MalformedException {
        int tag = octet();
        if ((tag & 0x1f) == 0x1f) {
            throw new MalformedException(Reason.SYNTAX, "a tag of more than one octet");
        }
        int size = length();
        if (size > octets.size() - at) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        at += size;
        return new Element(tag, octets.slice(at - size, at));
    }

    /// The content of the next element, which has to have this tag.
    Bytes next(int tag) throws MalformedException {
        var element = next();
        if (element.tag() != tag) {
            throw new MalformedException(Reason.SYNTAX, "no element of tag " + tag);
        }
        return element.content();
    }

    /// The content of the one element that `octets` are.
    static Bytes only(Bytes octets, int tag) throws MalformedException {
        var der = new Der(octets);
        var content = der.next(tag);
        der.done();
        return content;
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
        if (at >= octets.size()) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        return octets.at(at++) & 0xff;
    }

    void done() throws MalformedException {
        if (more()) {
            throw new MalformedException(Reason.SIZE, "something follows the last element");
        }
    }
}
