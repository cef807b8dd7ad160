package dev.custodian.device.dbus;

import dev.custodian.core.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A message on the bus: `order | type | flags | version 1 | size of the body u32 | serial u32 |
/// fields a(yv)`, zeros up to a multiple of 8, the body.
///
/// @param replyTo the serial of the call that it answers; 0 for none
/// @param path of the object, like the texts behind it empty where there is none
/// @param sender the unique name of whoever sent it, which the bus vouches for
/// @param signature the types of the body
record BusMessage(
        Type type,
        int serial,
        int replyTo,
        String path,
        String face,
        String member,
        String error,
        String destination,
        String sender,
        String signature,
        Bytes body,
        ByteOrder order) {
    /// Octets before the fields.
    static final int HEAD = 16;

    /// Most octets of one: those that we wait for are some hundreds.
    static final int LONGEST = 1 << 20;

    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SENDER = 7;
    private static final int SIGNATURE = 8;

    /// What a message is.
    enum Type {
        CALL(1),
        RETURN(2),
        ERROR(3),
        SIGNAL(4),
        /// One that a later specification has.
        OTHER(0);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        static Type of(int number) throws BusException {
            if (number == 0) {
                throw BusException.malformed("a message of no type");
            }
            for (var type : values()) {
                if (type.number == number) {
                    return type;
                }
            }
            return OTHER;
        }
    }

    /// One of ours.
    static BusMessage call(
            int serial,
            String destination,
            String path,
            String face,
            String member,
            String signature,
            Bytes body) {
        return new BusMessage(
                Type.CALL,
                serial,
                0,
                path,
                face,
                member,
                "",
                destination,
                "",
                signature,
                body,
                ByteOrder.LITTLE_ENDIAN);
    }

    byte[] encode() {
        return new BusWriter()
                .u8('l')
                .u8(type.number)
                .u8(0)
                .u8(1)
                .u32(body.size())
                .u32(serial)
                .array(
                        8,
                        out -> {
                            field(out, PATH, "o", path);
                            field(out, INTERFACE, "s", face);
                            field(out, MEMBER, "s", member);
                            field(out, ERROR_NAME, "s", error);
                            field(out, DESTINATION, "s", destination);
                            field(out, SENDER, "s", sender);
                            if (replyTo != 0) {
                                out.align(8).u8(REPLY_SERIAL).signature("u").u32(replyTo);
                            }
                            if (!signature.isEmpty()) {
                                out.align(8).u8(SIGNATURE).signature("g").signature(signature);
                            }
                        })
                .align(8)
                .raw(body.toArray())
                .toBytes()
                .toArray();
    }

    private static void field(BusWriter out, int code, String type, String value) {
        if (!value.isEmpty()) {
            out.align(8).u8(code).signature(type).text(value);
        }
    }

    /// Octets of the whole message.
    ///
    /// @param head its first 16 octets
    static int size(byte[] head) throws BusException {
        var in = ByteBuffer.wrap(head).order(order(head));
        int body = in.getInt(4);
        int fields = in.getInt(12);
        if (body < 0 || fields < 0 || body > LONGEST || fields > LONGEST) {
            throw BusException.malformed("a message that is too long");
        }
        int size = HEAD + (fields + 7 & ~7) + body;
        if (size > LONGEST) {
            throw BusException.malformed("a message that is too long");
        }
        return size;
    }

    private static ByteOrder order(byte[] head) throws BusException {
        return switch (head[0]) {
            case 'l' -> ByteOrder.LITTLE_ENDIAN;
            case 'B' -> ByteOrder.BIG_ENDIAN;
            default -> throw BusException.malformed("no message of D-Bus");
        };
    }

    /// Reads a whole message, as long as [#size] says.
    static BusMessage decode(byte[] octets) throws BusException {
        var order = order(octets);
        var in = new BusReader(octets, order);
        in.u8();
        var type = Type.of(in.u8());
        in.u8();
        if (in.u8() != 1) {
            throw BusException.malformed("another version of D-Bus");
        }
        in.u32();
        int serial = in.u32();
        var fields = new Fields();
        var _ =
                in.array(
                        8,
                        each -> {
                            fields.read(each);
                            return fields;
                        });
        in.align(8);
        return new BusMessage(
                type,
                serial,
                fields.replyTo,
                fields.texts[PATH],
                fields.texts[INTERFACE],
                fields.texts[MEMBER],
                fields.texts[ERROR_NAME],
                fields.texts[DESTINATION],
                fields.texts[SENDER],
                fields.texts[SIGNATURE],
                Bytes.of(Arrays.copyOfRange(octets, in.position(), octets.length)),
                order);
    }

    private static final class Fields {
        private final String[] texts = new String[SIGNATURE + 1];
        private int replyTo;

        private Fields() {
            Arrays.fill(texts, "");
        }

        private void read(BusReader in) throws BusException {
            int code = in.align(8).u8();
            switch (code) {
                case PATH -> texts[code] = in.variant("o").path();
                case INTERFACE, MEMBER, ERROR_NAME, DESTINATION, SENDER ->
                        texts[code] = in.variant("s").text();
                case SIGNATURE -> texts[code] = in.variant("g").signature();
                case REPLY_SERIAL -> replyTo = in.variant("u").u32();
                default -> in.skipVariant();
            }
        }
    }

    /// The body.
    ///
    /// @throws BusException `MALFORMED` when it is of other types
    BusReader body(String types) throws BusException {
        if (!signature.equals(types)) {
            throw BusException.malformed("values of other types");
        }
        return new BusReader(body.toArray(), order);
    }
}
