package dev.custodian.server.vault.pkcs11;

import static dev.custodian.server.vault.pkcs11.Pkcs11Failure.nonsense;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.NoSuchElementException;

/// The functions of a loaded module. A null entry of its list is CKR_FUNCTION_NOT_SUPPORTED of the
/// call that needs it.
@SuppressWarnings("restricted")
final class Functions {
    private static final Abi ABI = Abi.HOST;

    /// Octets that fit every answer that we ask for, as a module measures them.
    private static final long LONGEST = 1 << 16;

    private final Map<Function, MemorySegment> entries;

    private Functions(Map<Function, MemorySegment> entries) {
        this.entries = entries;
    }

    /// Loads the library, which stays loaded: threads of its own may run in it.
    static Functions load(Path library) throws Pkcs11Failure {
        MemorySegment getFunctionList;
        try {
            getFunctionList =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .findOrThrow(Function.C_GetFunctionList.name());
        } catch (IllegalArgumentException e) {
            throw nonsense("dlopen", library + " cannot be loaded");
        } catch (NoSuchElementException e) {
            throw nonsense("dlsym", library + " has no C_GetFunctionList");
        }
        try (var arena = new WipedArena()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            check(
                    Function.C_GetFunctionList.name(),
                    Calls.call(getFunctionList, at -> (long) Calls.P.invokeExact(at, out)));
            return new Functions(entries(Abi.pointer(out, 0)));
        }
    }

    private static Map<Function, MemorySegment> entries(MemorySegment list) throws Pkcs11Failure {
        String name = Function.C_GetFunctionList.name();
        if (list.address() == 0) {
            throw nonsense(name, "gives no list");
        }
        var struct = Struct.CK_FUNCTION_LIST;
        var all = list.reinterpret(struct.size(ABI));
        int major = all.get(ValueLayout.JAVA_BYTE, 0);
        if (major != 2 && major != 3) {
            throw nonsense(name, "says that it is of version " + major);
        }
        var entries = new EnumMap<Function, MemorySegment>(Function.class);
        for (var one : Function.values()) {
            entries.put(one, Abi.pointer(all, struct.offset(ABI, one.name())));
        }
        return entries;
    }

    private static void check(String function, long rv) throws Pkcs11Failure {
        if (rv != Cryptoki.CKR_OK) {
            throw Pkcs11Failure.of(function, rv);
        }
    }

    /// Calls; everything but CKR_OK is the exception.
    void call(Function function, Calls.Call call) throws Pkcs11Failure {
        check(function.name(), ask(function, call));
    }

    /// Calls and returns CK_RV.
    long ask(Function function, Calls.Call call) {
        var entry = entries.getOrDefault(function, MemorySegment.NULL);
        return entry.address() == 0 ? Cryptoki.CKR_FUNCTION_NOT_SUPPORTED : Calls.call(entry, call);
    }

    /// A call that writes as many octets as the size in `size` allows into `into`, and their number
    /// into `size`.
    interface Filling {
        long at(MemorySegment address, MemorySegment into, MemorySegment size) throws Throwable;
    }

    /// What a call fills in, after it was told once how much room there is, or twice where that was
    /// too little.
    byte[] filled(Function function, int usual, Filling call) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var size = arena.allocate(8);
            ABI.put(size, 0, usual);
            var into = arena.allocate(usual);
            long rv = fill(function, call, into, size);
            if (rv == Cryptoki.CKR_BUFFER_TOO_SMALL) {
                long room = within(function, ABI.number(size, 0), LONGEST);
                into = arena.allocate(room);
                rv = fill(function, call, into, size);
            }
            check(function.name(), rv);
            long written = within(function, ABI.number(size, 0), into.byteSize());
            return into.asSlice(0, written).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private long fill(Function function, Filling call, MemorySegment into, MemorySegment size) {
        return ask(function, at -> call.at(at, into, size));
    }

    /// A number that the module gave, when it can be.
    static long within(Function function, long number, long most) throws Pkcs11Failure {
        if (number < 0 || number > most) {
            throw nonsense(
                    function.name(),
                    "says %s where %d is the most".formatted(Long.toUnsignedString(number), most));
        }
        return number;
    }
}
