package dev.custodian.server.vault.pkcs11;

import dev.custodian.core.Secret;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A session with a token. One thread at a time; objects are numbered by handles, which every
/// session of this process shares, and which are of use until they are destroyed, their session is
/// closed or, for private objects, the user is logged out.
public final class TokenSession implements AutoCloseable {
    private static final Abi ABI = Abi.HOST;
    private static final int HANDLES_AT_ONCE = 64;
    private static final int USUAL_SIGNATURE = 1024;

    /// More than encryption adds to what it encrypts.
    private static final int BLOCKS = 1024;

    private static final int USUAL_WRAPPED = 4096;
    private static final long LONGEST_VALUE = 1 << 16;

    private final Functions functions;
    private final long session;

    TokenSession(Functions functions, long session) {
        this.functions = functions;
        this.session = session;
    }

    /// The handles of a new pair of keys.
    public record KeyPair(long publicKey, long privateKey) {}

    /// Logs all sessions of this process in. Nothing happens when that user is logged in already.
    public void login(User user, Secret pin) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, pin.expose());
            long rv =
                    functions.ask(
                            Function.C_Login,
                            at ->
                                    (long)
                                            Calls.UUPU.invokeExact(
                                                    at,
                                                    session,
                                                    user.number(),
                                                    octets,
                                                    octets.byteSize()));
            if (rv != Cryptoki.CKR_OK && rv != Cryptoki.CKR_USER_ALREADY_LOGGED_IN) {
                throw Pkcs11Failure.of(Function.C_Login.name(), rv);
            }
        }
    }

    /// Logs all sessions of this process out.
    public void logout() throws Pkcs11Failure {
        functions.call(Function.C_Logout, at -> (long) Calls.U.invokeExact(at, session));
    }

    /// The objects that have all these attributes.
    ///
    /// @param most a module that finds more than this fails
    public List<Long> find(Template template, int most) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var attributes = template.encode(arena, ABI);
            long size = template.size();
            functions.call(
                    Function.C_FindObjectsInit,
                    at -> (long) Calls.UPU.invokeExact(at, session, attributes, size));
            try {
                return found(arena, most);
            } finally {
                long _ =
                        functions.ask(
                                Function.C_FindObjectsFinal,
                                at -> (long) Calls.U.invokeExact(at, session));
            }
        }
    }

    private List<Long> found(WipedArena arena, int most) throws Pkcs11Failure {
        var function = Function.C_FindObjects;
        var list = arena.allocate((long) HANDLES_AT_ONCE * ABI.ulong(), 8);
        var count = arena.allocate(8);
        var found = new ArrayList<Long>();
        while (true) {
            functions.call(
                    function,
                    at ->
                            (long)
                                    Calls.UPUP.invokeExact(
                                            at, session, list, (long) HANDLES_AT_ONCE, count));
            long more = Functions.within(function, ABI.number(count, 0), HANDLES_AT_ONCE);
            if (more == 0) {
                return found;
            }
            for (long one : Pkcs11Module.numbers(list, more)) {
                found.add(one);
            }
            long _ = Functions.within(function, found.size(), most);
        }
    }

    /// The value of an attribute. Fails with CKR_ATTRIBUTE_SENSITIVE or CKR_ATTRIBUTE_TYPE_INVALID
    /// where it cannot be had.
    public byte[] get(long object, long type) throws Pkcs11Failure {
        var function = Function.C_GetAttributeValue;
        try (var arena = new WipedArena()) {
            // Its length first: NSS writes it whole, however little room it was given.
            var attribute = attribute(arena, type, MemorySegment.NULL);
            read(object, attribute);
            long room = Functions.within(function, length(attribute), LONGEST_VALUE);
            var into = arena.allocate(Math.max(1, room));
            attribute = attribute(arena, type, into.asSlice(0, room));
            read(object, attribute);
            long length = Functions.within(function, length(attribute), room);
            return into.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void read(long object, MemorySegment attribute) throws Pkcs11Failure {
        functions.call(
                Function.C_GetAttributeValue,
                at -> (long) Calls.UUPU.invokeExact(at, session, object, attribute, 1L));
    }

    private static MemorySegment attribute(WipedArena arena, long type, MemorySegment value) {
        var struct = Struct.CK_ATTRIBUTE;
        var attribute = arena.allocate(struct.size(ABI), 8);
        ABI.put(attribute, struct.offset(ABI, 0), type);
        Abi.put(attribute, struct.offset(ABI, 1), value);
        ABI.put(attribute, struct.offset(ABI, 2), value.byteSize());
        return attribute;
    }

    private static long length(MemorySegment attribute) {
        return ABI.number(attribute, Struct.CK_ATTRIBUTE.offset(ABI, 2));
    }

    /// The value of an attribute that is a CK_BBOOL.
    public boolean flag(long object, long type) throws Pkcs11Failure {
        var value = get(object, type);
        if (value.length != 1) {
            throw Pkcs11Failure.nonsense(
                    Function.C_GetAttributeValue.name(), "gives no CK_BBOOL for one");
        }
        return value[0] != 0;
    }

    /// The value of an attribute that is a CK_ULONG.
    public long number(long object, long type) throws Pkcs11Failure {
        var value = get(object, type);
        if (value.length != ABI.ulong()) {
            throw Pkcs11Failure.nonsense(
                    Function.C_GetAttributeValue.name(), "gives no CK_ULONG for one");
        }
        return ABI.number(MemorySegment.ofArray(value), 0);
    }

    /// Changes attributes of an object.
    public void set(long object, Template template) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var attributes = template.encode(arena, ABI);
            long size = template.size();
            functions.call(
                    Function.C_SetAttributeValue,
                    at -> (long) Calls.UUPU.invokeExact(at, session, object, attributes, size));
        }
    }

    /// Makes a secret key inside.
    public long generateKey(Mechanism mechanism, Template template) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var how = mechanism.encode(arena, ABI);
            return object(
                    Function.C_GenerateKey,
                    template,
                    arena,
                    (at, attributes, size, handle) ->
                            (long)
                                    Calls.UPPUP.invokeExact(
                                            at, session, how, attributes, size, handle));
        }
    }

    /// Makes a pair of keys inside.
    public KeyPair generateKeyPair(
            Mechanism mechanism, Template publicTemplate, Template privateTemplate)
            throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var how = mechanism.encode(arena, ABI);
            var open = publicTemplate.encode(arena, ABI);
            long openSize = publicTemplate.size();
            var hidden = privateTemplate.encode(arena, ABI);
            long hiddenSize = privateTemplate.size();
            var publicKey = arena.allocate(8);
            var privateKey = arena.allocate(8);
            functions.call(
                    Function.C_GenerateKeyPair,
                    at ->
                            (long)
                                    Calls.UPPUPUPP.invokeExact(
                                            at,
                                            session,
                                            how,
                                            open,
                                            openSize,
                                            hidden,
                                            hiddenSize,
                                            publicKey,
                                            privateKey));
            return new KeyPair(ABI.number(publicKey, 0), ABI.number(privateKey, 0));
        }
    }

    /// Makes an object of attributes that are known outside.
    public long create(Template template) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            return object(
                    Function.C_CreateObject,
                    template,
                    arena,
                    (at, attributes, size, handle) ->
                            (long) Calls.UPUP.invokeExact(at, session, attributes, size, handle));
        }
    }

    /// Makes another object like this one, but for these attributes.
    public long copy(long object, Template template) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            return object(
                    Function.C_CopyObject,
                    template,
                    arena,
                    (at, attributes, size, handle) ->
                            (long)
                                    Calls.UUPUP.invokeExact(
                                            at, session, object, attributes, size, handle));
        }
    }

    public void destroy(long object) throws Pkcs11Failure {
        functions.call(
                Function.C_DestroyObject, at -> (long) Calls.UU.invokeExact(at, session, object));
    }

    /// Wraps a key out of the token.
    public byte[] wrap(Mechanism mechanism, long wrappingKey, long key) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var how = mechanism.encode(arena, ABI);
            return functions.filled(
                    Function.C_WrapKey,
                    USUAL_WRAPPED,
                    (at, into, size) ->
                            (long)
                                    Calls.UPUUPP.invokeExact(
                                            at, session, how, wrappingKey, key, into, size));
        }
    }

    /// Takes a wrapped key into the token.
    public long unwrap(Mechanism mechanism, long wrappingKey, byte[] wrapped, Template template)
            throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var how = mechanism.encode(arena, ABI);
            var blob = arena.allocateFrom(ValueLayout.JAVA_BYTE, wrapped);
            return object(
                    Function.C_UnwrapKey,
                    template,
                    arena,
                    (at, attributes, size, handle) ->
                            (long)
                                    Calls.UPUPUPUP.invokeExact(
                                            at,
                                            session,
                                            how,
                                            wrappingKey,
                                            blob,
                                            blob.byteSize(),
                                            attributes,
                                            size,
                                            handle));
        }
    }

    private interface Making {
        long at(MemorySegment address, MemorySegment attributes, long size, MemorySegment handle)
                throws Throwable;
    }

    /// The handle of what a call makes of these attributes.
    private long object(Function function, Template template, WipedArena arena, Making making)
            throws Pkcs11Failure {
        var attributes = template.encode(arena, ABI);
        long size = template.size();
        var handle = arena.allocate(8);
        functions.call(function, at -> making.at(at, attributes, size, handle));
        return ABI.number(handle, 0);
    }

    /// Signs, or computes a MAC, in one part.
    public byte[] sign(Mechanism mechanism, long key, byte[] data) throws Pkcs11Failure {
        return single(Function.C_SignInit, Function.C_Sign, USUAL_SIGNATURE, mechanism, key, data);
    }

    /// Encrypts in one part.
    public byte[] encrypt(Mechanism mechanism, long key, byte[] data) throws Pkcs11Failure {
        return single(
                Function.C_EncryptInit,
                Function.C_Encrypt,
                data.length + BLOCKS,
                mechanism,
                key,
                data);
    }

    /// Decrypts in one part.
    public byte[] decrypt(Mechanism mechanism, long key, byte[] data) throws Pkcs11Failure {
        return single(
                Function.C_DecryptInit,
                Function.C_Decrypt,
                data.length + BLOCKS,
                mechanism,
                key,
                data);
    }

    private byte[] single(
            Function init, Function go, int usual, Mechanism mechanism, long key, byte[] data)
            throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var how = mechanism.encode(arena, ABI);
            var in = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
            functions.call(init, at -> (long) Calls.UPU.invokeExact(at, session, how, key));
            return functions.filled(
                    go,
                    usual,
                    (at, into, size) ->
                            (long)
                                    Calls.UPUPP.invokeExact(
                                            at, session, in, in.byteSize(), into, size));
        }
    }

    /// Closes the session, when the module still knows it, and destroys its session objects.
    @Override
    public void close() {
        long _ =
                functions.ask(
                        Function.C_CloseSession, at -> (long) Calls.U.invokeExact(at, session));
    }
}
