package dev.custodian.server.vault.pkcs11;

import static dev.custodian.server.vault.pkcs11.Pkcs11Failure.nonsense;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A module, loaded into this process and initialised. Its functions may be called by many threads.
public final class Pkcs11Module implements AutoCloseable {
    /// A module that has more slots than this is not believed.
    private static final int SLOTS = 1024;

    private static final Abi ABI = Abi.HOST;

    private final Functions functions;
    private final @Nullable String reserved;
    private boolean ours;

    private Pkcs11Module(Functions functions, @Nullable String reserved) {
        this.functions = functions;
        this.reserved = reserved;
    }

    /// Loads and initialises a module. When another part of this process did that before, this one
    /// joins, and leaves it initialised at the end.
    ///
    /// @param reserved what the module wants in `pReserved`, as NSS does
    public static Pkcs11Module load(Path library, @Nullable String reserved) throws Pkcs11Failure {
        var module = new Pkcs11Module(Functions.load(library.toAbsolutePath()), reserved);
        module.initialize();
        return module;
    }

    private synchronized void initialize() throws Pkcs11Failure {
        var struct = Struct.CK_C_INITIALIZE_ARGS;
        try (var arena = new WipedArena()) {
            // NSS reads one more pointer after a pReserved that is not null, which has to be null.
            var arguments = arena.allocate(struct.size(ABI) + 8, 8);
            ABI.put(arguments, struct.offset(ABI, "flags"), Cryptoki.CKF_OS_LOCKING_OK);
            if (reserved != null) {
                Abi.put(arguments, struct.offset(ABI, "pReserved"), arena.allocateFrom(reserved));
            }
            long rv =
                    functions.ask(
                            Function.C_Initialize, at -> (long) Calls.P.invokeExact(at, arguments));
            ours = rv == Cryptoki.CKR_OK;
            if (!ours && rv != Cryptoki.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
                throw Pkcs11Failure.of(Function.C_Initialize.name(), rv);
            }
        }
    }

    /// Finalises and initialises anew: what some modules need after they lost what they speak to.
    /// All sessions are gone. No other thread may be in a call of the module.
    public synchronized void restart() throws Pkcs11Failure {
        finish();
        initialize();
    }

    /// The tokens that are there now and were initialised.
    public List<Token> tokens() throws Pkcs11Failure {
        var tokens = new ArrayList<Token>();
        for (long slot : slots()) {
            var token = token(slot);
            if (token != null) {
                tokens.add(token);
            }
        }
        return List.copyOf(tokens);
    }

    /// The one token with this label.
    public Token token(String label) throws Pkcs11Failure {
        var found = tokens().stream().filter(token -> token.label().equals(label)).toList();
        if (found.size() != 1) {
            throw found.isEmpty()
                    ? Pkcs11Failure.of(
                            Function.C_GetSlotList.name(), Cryptoki.CKR_TOKEN_NOT_PRESENT)
                    : nonsense(Function.C_GetSlotList.name(), "has several tokens of that label");
        }
        return found.getFirst();
    }

    private long[] slots() throws Pkcs11Failure {
        var function = Function.C_GetSlotList;
        try (var arena = new WipedArena()) {
            var count = arena.allocate(8);
            functions.call(
                    function,
                    at -> (long) Calls.BPP.invokeExact(at, (byte) 1, MemorySegment.NULL, count));
            long room = Functions.within(function, ABI.number(count, 0), SLOTS);
            var list = arena.allocate(Math.max(1, room) * ABI.ulong(), 8);
            functions.call(function, at -> (long) Calls.BPP.invokeExact(at, (byte) 1, list, count));
            return numbers(list, Functions.within(function, ABI.number(count, 0), room));
        }
    }

    static long[] numbers(MemorySegment list, long count) {
        var numbers = new long[(int) count];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ABI.number(list, (long) i * ABI.ulong());
        }
        return numbers;
    }

    /// What is in a slot; null when it is gone meanwhile, or holds nothing initialised.
    private @Nullable Token token(long slot) throws Pkcs11Failure {
        try (var arena = new WipedArena()) {
            var info = arena.allocate(Struct.CK_TOKEN_INFO.size(ABI), 8);
            long rv =
                    functions.ask(
                            Function.C_GetTokenInfo,
                            at -> (long) Calls.UP.invokeExact(at, slot, info));
            if (rv == Cryptoki.CKR_TOKEN_NOT_PRESENT || rv == Cryptoki.CKR_TOKEN_NOT_RECOGNIZED) {
                return null;
            }
            if (rv != Cryptoki.CKR_OK) {
                throw Pkcs11Failure.of(Function.C_GetTokenInfo.name(), rv);
            }
            var token = Token.decode(functions, slot, info);
            return token.initialized() ? token : null;
        }
    }

    private void finish() {
        if (ours) {
            long _ =
                    functions.ask(
                            Function.C_Finalize,
                            at -> (long) Calls.P.invokeExact(at, MemorySegment.NULL));
            ours = false;
        }
    }

    /// Finalises the module, unless another part of this process initialised it. No other thread
    /// may be in a call of it.
    @Override
    public synchronized void close() {
        finish();
    }
}
