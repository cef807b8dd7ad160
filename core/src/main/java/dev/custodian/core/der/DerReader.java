package dev.custodian.core.der;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.math.BigInteger;

/// Elements of DER one behind the other: tags of one octet, definite lengths of up to 65,535 in
/// their shortest form (X.690 §10.1). It does not look into an element by itself: whoever wants
/// what is in one reads its content by another reader, and so decides how deep it goes.
///
/// ```java
/// var in = new DerReader(DerReader.only(signature, Tag.SEQUENCE));
/// var r = in.integer();
/// var s = in.integer();
/// in.done();
/// ```
public final class DerReader {
    private static final int LONG = 0x80;
    private static final int LONG_TAG = 0x1f;

    private final Bytes octets;
    private int at;

    public DerReader(Bytes octets) {
        this.octets = octets;
    }

    /// An element taken apart.
    ///
    /// @param tag the identifier octet, see [Tag]
    public record Element(int tag, Bytes content) {}

    /// Whether anything is left.
    public boolean more() {
        return at < octets.size();
    }

    /// Whether an element of this tag comes next.
    public boolean isNext(int tag) {
        return more() && (octets.at(at) & 0xff) == tag;
    }

    /// The next element, of whatever tag.
    public Element next() throws MalformedException {
        int tag = octet();
        if ((tag & LONG_TAG) == LONG_TAG) {
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
    public Bytes next(int tag) throws MalformedException {
        var element = next();
        if (element.tag() != tag) {
            throw new MalformedException(Reason.SYNTAX, "no element of tag " + tag);
        }
        return element.content();
    }

    /// The next element, an INTEGER in its shortest form (X.690 §8.3.2).
    public BigInteger integer() throws MalformedException {
        var content = next(Tag.INTEGER);
        if (content.size() == 0) {
            throw new MalformedException(Reason.SYNTAX, "a number of no octets");
        }
        var number = new BigInteger(content.toArray());
        if (number.bitLength() / Byte.SIZE + 1 != content.size()) {
            throw new MalformedException(Reason.SPELLING, "a number not in its shortest form");
        }
        return number;
    }

    /// The content of the one element that `octets` are.
    public static Bytes only(Bytes octets, int tag) throws MalformedException {
        var in = new DerReader(octets);
        var content = in.next(tag);
        in.done();
        return content;
    }

    /// The first element of `octets`, whole, whatever follows it; it has to have this tag.
    public static Bytes first(Bytes octets, int tag) throws MalformedException {
        var in = new DerReader(octets);
        var _ = in.next(tag);
        return octets.slice(0, in.at);
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
        if (!more()) {
            throw new MalformedException(Reason.SIZE, "the octets end within an element");
        }
        return octets.at(at++) & 0xff;
    }

    /// Refuses what is left.
    public void done() throws MalformedException {
        if (more()) {
            throw new MalformedException(Reason.SIZE, "something follows the last element");
        }
    }
}
