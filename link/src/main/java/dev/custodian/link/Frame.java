package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// `u32 length` of the rest, `u8 version`, `u8 type`, `u32 request`, then the message's fields
/// (FORMATS §8).
///
/// @param request number that the program chose, 1 to 2^32 - 1, and the answer repeats; 0 only in a
///   failure
public record Frame(long request, Message message) {
    /// Most octets after the length.
    public static final int LONGEST = 1 << 20;

    /// Octets of the length.
    public static final int LENGTH = 4;

    private static final int VERSION = 1;
    private static final int LEAST = 6;

    public Frame {
        Limits.u32("request", request);
        Limits.require(request > 0 || message instanceof Answer.Failure, "a message of no request");
    }

    public Bytes encode() {
        var fields = MessageWriter.write(message);
        return new FieldWriter()
                .u32(LEAST + fields.size())
                .u8(VERSION)
                .u8(MessageType.of(message))
                .u32(request)
                .raw(fields)
                .written();
    }

    /// How many octets follow the first [#LENGTH] ones: [#LEAST] to [#LONGEST]. To be called before
    /// room is made for them.
    public static int rest(Bytes length) throws MalformedException {
        long rest = new FieldReader(length).u32("length");
        if (rest < LEAST || rest > LONGEST) {
            throw new MalformedException(
                    Reason.SIZE, "a frame not of " + LEAST + " to " + LONGEST + " octets");
        }
        return (int) rest;
    }

    /// Reads a whole frame, its length included.
    public static Frame decode(Bytes octets) throws MalformedException {
        if (rest(octets) != octets.size() - LENGTH) {
            throw new MalformedException(Reason.SIZE, "a frame of another length than it says");
        }
        var in = new FieldReader(octets.slice(LENGTH, octets.size()));
        if (in.u8("version") != VERSION) {
            throw new MalformedException("a frame of an unknown version");
        }
        int type = in.u8("type");
        long request = in.u32("request");
        if (request == 0 && type != MessageType.FAILURE) {
            throw new MalformedException("a message of no request");
        }
        var message = MessageReader.read(type, in);
        in.done();
        return new Frame(request, message);
    }
}
