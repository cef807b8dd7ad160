package dev.custodian.agent.p11.rpc;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.List;

/// What a program calls.
///
/// `room` is what fits into the program's buffer: 0 asks for the size alone, -1 is a buffer for
/// nothing.
public sealed interface Call {
    /// What every client says of itself.
    Bytes HANDSHAKE = Bytes.utf8("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1");

    record Initialize() implements Call {}

    /// `C_Finalize`.
    record End() implements Call {}

    record GetInfo() implements Call {}

    record GetSlotList(int room) implements Call {}

    record GetSlotInfo(long slot) implements Call {}

    record GetTokenInfo(long slot) implements Call {}

    record GetMechanismList(long slot, int room) implements Call {}

    record GetMechanismInfo(long slot, long mechanism) implements Call {}

    record OpenSession(long slot, long flags) implements Call {}

    record CloseSession(long session) implements Call {}

    record CloseAllSessions(long slot) implements Call {}

    record GetSessionInfo(long session) implements Call {}

    /// A PIN that came with it is not read.
    record Login(long session, long user) implements Call {}

    record Logout(long session) implements Call {}

    record GetAttributeValue(long session, long object, List<Room> rooms) implements Call {
        public GetAttributeValue {
            rooms = List.copyOf(rooms);
        }
    }

    /// Which attribute is wanted, and what fits there.
    record Room(int type, int size) {}

    record FindObjectsInit(long session, List<Attribute> template) implements Call {
        public FindObjectsInit {
            template = List.copyOf(template);
        }
    }

    record FindObjects(long session, int room) implements Call {}

    record FindObjectsFinal(long session) implements Call {}

    record DigestInit(long session, Mechanism mechanism) implements Call {}

    record Digest(long session, Bytes data, int room) implements Call {}

    record DigestUpdate(long session, Bytes part) implements Call {}

    record DigestFinal(long session, int room) implements Call {}

    record SignInit(long session, Mechanism mechanism, long key) implements Call {}

    record Sign(long session, Bytes data, int room) implements Call {}

    record SignUpdate(long session, Bytes part) implements Call {}

    record SignFinal(long session, int room) implements Call {}

    record GenerateRandom(long session, int room) implements Call {}

    /// A call that we do not answer.
    record Unknown(int number) implements Call {}

    /// Reads a body.
    ///
    /// @param body not kept: the caller may wipe it
    /// @param offered the version octet of the client
    static Call parse(byte[] body, int offered) throws MalformedException {
        var reader = new RpcReader(body);
        int number = reader.u32();
        var function = Function.ofNumber(number);
        if (function == null) {
            return new Unknown(number);
        }
        if (!reader.string().equals(Bytes.utf8(function.request()))) {
            throw new MalformedException(Reason.SYNTAX, "other values than the call has");
        }
        var call = parse(function, reader, offered);
        reader.done();
        return call;
    }

    private static Call parse(Function function, RpcReader reader, int offered)
            throws MalformedException {
        return switch (function) {
            case ERROR -> throw new AssertionError("no function has this number");
            case INITIALIZE -> initialize(reader);
            case FINALIZE -> new End();
            case GET_INFO -> new GetInfo();
            case GET_SLOT_LIST -> {
                reader.flag();
                yield new GetSlotList(reader.room());
            }
            case GET_SLOT_INFO -> new GetSlotInfo(reader.u64());
            case GET_TOKEN_INFO -> new GetTokenInfo(reader.u64());
            case GET_MECHANISM_LIST -> new GetMechanismList(reader.u64(), reader.room());
            case GET_MECHANISM_INFO -> new GetMechanismInfo(reader.u64(), reader.u64());
            case OPEN_SESSION -> new OpenSession(reader.u64(), reader.u64());
            case CLOSE_SESSION -> new CloseSession(reader.u64());
            case CLOSE_ALL_SESSIONS -> new CloseAllSessions(reader.u64());
            case GET_SESSION_INFO -> new GetSessionInfo(reader.u64());
            case LOGIN -> {
                var login = new Login(reader.u64(), reader.u64());
                reader.skipOctets();
                yield login;
            }
            case LOGOUT -> new Logout(reader.u64());
            case GET_ATTRIBUTE_VALUE ->
                    new GetAttributeValue(reader.u64(), reader.u64(), reader.rooms());
            case FIND_OBJECTS_INIT -> new FindObjectsInit(reader.u64(), reader.attributes());
            case FIND_OBJECTS -> new FindObjects(reader.u64(), reader.room());
            case FIND_OBJECTS_FINAL -> new FindObjectsFinal(reader.u64());
            case DIGEST_INIT ->
                    new DigestInit(reader.u64(), Mechanism.parse(reader.until(0), offered));
            case DIGEST -> new Digest(reader.u64(), reader.octets(), reader.room());
            case DIGEST_UPDATE -> new DigestUpdate(reader.u64(), reader.octets());
            case DIGEST_FINAL -> new DigestFinal(reader.u64(), reader.room());
            case SIGN_INIT ->
                    new SignInit(
                            reader.u64(),
                            Mechanism.parse(reader.until(Long.BYTES), offered),
                            reader.u64());
            case SIGN -> new Sign(reader.u64(), reader.octets(), reader.room());
            case SIGN_UPDATE -> new SignUpdate(reader.u64(), reader.octets());
            case SIGN_FINAL -> new SignFinal(reader.u64(), reader.room());
            case GENERATE_RANDOM -> new GenerateRandom(reader.u64(), reader.room());
        };
    }

    private static Call initialize(RpcReader reader) throws MalformedException {
        if (!reader.octets().equals(HANDSHAKE)) {
            throw new MalformedException("another handshake");
        }
        reader.flag();
        reader.skipOctets();
        return new Initialize();
    }
}
