package dev.custodian.agent.p11.rpc;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the values of a request in order; nothing may be left at the end.
final class RpcReader {
    /// Attributes in one request; programs ask for about thirty.
    static final int MOST_ATTRIBUTES = 256;

    private static final int ABSENT = -1;

    private final byte[] octets;
    private int at;

    /// Does not copy `octets`: what is read is copied, what is skipped is not.
    RpcReader(byte[] octets) {
        this.octets = octets;
    }

    int u8() throws MalformedException {
        return octets[take(1)] & 0xff;
    }

    int u32() throws MalformedException {
        return ByteBuffer.wrap(octets, take(4), 4).getInt();
    }

    long u64() throws MalformedException {
        return ByteBuffer.wrap(octets, take(8), 8).getLong();
    }

    /// A `CK_BBOOL`, which C gives any value.
    boolean flag() throws MalformedException {
        return u8() != 0;
    }

    /// Octets with their length; none when they are said to be absent.
    Bytes string() throws MalformedException {
        int size = u32();
        return size == ABSENT ? Bytes.EMPTY : copy(size);
    }

    /// `ay`: what may also be a null pointer, which is read as empty.
    Bytes octets() throws MalformedException {
        if (hasOctets()) {
            return string();
        }
        u32();
        return Bytes.EMPTY;
    }

    /// `ay` of which no copy may be made.
    void skipOctets() throws MalformedException {
        var there = hasOctets();
        int size = u32();
        if (there && size != ABSENT) {
            take(size);
        }
    }

    private boolean hasOctets() throws MalformedException {
        int there = u8();
        if (there > 1) {
            throw new MalformedException(
                    Reason.SPELLING, "octets that are neither there nor absent");
        }
        return there == 1;
    }

    /// `aA`.
    List<Attribute> attributes() throws MalformedException {
        int count = count();
        var all = new ArrayList<Attribute>();
        for (int i = 0; i < count; i++) {
            int type = u32();
            if (flag()) {
                u32();
                all.add(new Attribute(type, value(type)));
            } else {
                throw new MalformedException("an attribute without a value");
            }
        }
        return all;
    }

    private Attribute.Value value(int type) throws MalformedException {
        return switch (Attribute.Kind.of(type)) {
            case FLAG -> new Attribute.Flag(flag());
            case NUMBER -> new Attribute.Ulong(u64());
            case MECHANISMS -> {
                int count = count();
                var numbers = new ArrayList<Long>();
                for (int i = 0; i < count; i++) {
                    numbers.add(u64());
                }
                yield new Attribute.Mechanisms(numbers);
            }
            // No object of ours has one, and nothing is read twice for that.
            case TEMPLATE -> throw new MalformedException("a template in an attribute");
            case OCTETS -> new Attribute.Octets(string());
        };
    }

    /// `fA`.
    List<Call.Room> rooms() throws MalformedException {
        int count = count();
        var all = new ArrayList<Call.Room>();
        for (int i = 0; i < count; i++) {
            var room = new Call.Room(u32(), room());
            if (room.size() > 0 && Attribute.Kind.of(room.type()) == Attribute.Kind.TEMPLATE) {
                // Newer clients send more here, older ones do not, and neither says so.
                throw new MalformedException("room for a template");
            }
            all.add(room);
        }
        return all;
    }

    /// `fy` and `fu`: how much fits there; 0 asks for the size, and -1 is room for nothing.
    int room() throws MalformedException {
        int size = u32();
        return size < ABSENT ? Integer.MAX_VALUE : size;
    }

    private int count() throws MalformedException {
        int count = u32();
        if (count < 0 || count > MOST_ATTRIBUTES) {
            throw new MalformedException(Reason.SIZE, "too many attributes");
        }
        return count;
    }

    /// All but the last `after` octets.
    Bytes until(int after) throws MalformedException {
        return copy(octets.length - at - after);
    }

    void done() throws MalformedException {
        if (at < octets.length) {
            throw new MalformedException(Reason.SIZE, "octets after the end");
        }
    }

    private Bytes copy(int size) throws MalformedException {
        int from = take(size);
        return Bytes.of(Arrays.copyOfRange(octets, from, at));
    }

    private int take(int size) throws MalformedException {
        if (size < 0 || size > octets.length - at) {
            throw new MalformedException(Reason.SIZE, "it ends too early");
        }
        at += size;
        return at - size;
    }
}
