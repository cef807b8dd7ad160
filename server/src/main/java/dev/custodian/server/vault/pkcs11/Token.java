package dev.custodian.server.vault.pkcs11;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/// A token in its slot, as it described itself.
public final class Token {
    /// A token that offers more mechanisms than this is not believed.
    private static final int MECHANISMS = 4096;

    private static final Abi ABI = Abi.HOST;

    private final Functions functions;
    private final long slot;
    private final String label;
    private final String manufacturer;
    private final String model;
    private final String serial;
    private final long flags;

    private Token(Functions functions, long slot, MemorySegment info) {
        this.functions = functions;
        this.slot = slot;
        this.label = text(info, "label", 32);
        this.manufacturer = text(info, "manufacturerID", 32);
        this.model = text(info, "model", 16);
        this.serial = text(info, "serialNumber", 16);
        this.flags = ABI.number(info, Struct.CK_TOKEN_INFO.offset(ABI, "flags"));
    }

    static Token decode(Functions functions, long slot, MemorySegment info) {
        return new Token(functions, slot, info);
    }

    /// A text of fixed size, filled up with blanks; what cannot be shown is shown as a question
    /// mark.
    private static String text(MemorySegment info, String member, int size) {
        var octets =
                info.asSlice(Struct.CK_TOKEN_INFO.offset(ABI, member), size)
                        .toArray(ValueLayout.JAVA_BYTE);
        return new String(octets, StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+$", "")
                .replaceAll("\\p{Cntrl}", "?")
                .strip();
    }

    public long slot() {
        return slot;
    }

    public String label() {
        return label;
    }

    public String manufacturer() {
        return manufacturer;
    }

    public String model() {
        return model;
    }

    public String serial() {
        return serial;
    }

    boolean initialized() {
        return (flags & Cryptoki.CKF_TOKEN_INITIALIZED) != 0;
    }

    /// The mechanisms that it says it has, CKM_….
    public Set<Long> mechanisms() throws Pkcs11Failure {
        var function = Function.C_GetMechanismList;
        try (var arena = new WipedArena()) {
            var count = arena.allocate(8);
            functions.call(
                    function,
                    at -> (long) Calls.UPP.invokeExact(at, slot, MemorySegment.NULL, count));
            long room = Functions.within(function, ABI.number(count, 0), MECHANISMS);
            var list = arena.allocate(Math.max(1, room) * ABI.ulong(), 8);
            functions.call(function, at -> (long) Calls.UPP.invokeExact(at, slot, list, count));
            var mechanisms = new LinkedHashSet<Long>();
            long given = Functions.within(function, ABI.number(count, 0), room);
            for (long one : Pkcs11Module.numbers(list, given)) {
                mechanisms.add(one);
            }
            return mechanisms;
        }
    }

    /// Opens a session that may write. It is of the user that is logged in to the token by
    /// whichever session of this process.
    public TokenSession open() throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var handle = arena.allocate(8);
            long flags = Cryptoki.CKF_SERIAL_SESSION | Cryptoki.CKF_RW_SESSION;
            functions.call(
                    Function.C_OpenSession,
                    at ->
                            (long)
                                    Calls.UUPPP.invokeExact(
                                            at,
                                            slot,
                                            flags,
                                            MemorySegment.NULL,
                                            MemorySegment.NULL,
                                            handle));
            return new TokenSession(functions, ABI.number(handle, 0));
        }
    }
}
