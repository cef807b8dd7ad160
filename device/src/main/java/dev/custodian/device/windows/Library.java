package dev.custodian.device.windows;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;

/// A library of the system, and how its functions are called. Handles and addresses that it gives
/// are numbers of 64 bits here.
// Restricted since wrong descriptions crash the process: who describes is in this package.
@SuppressWarnings("restricted")
final class Library {
    /// DWORD, BOOL.
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /// HANDLE, or an address that the system gave.
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /// An address of our own memory.
    static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final String LAST_ERROR = "GetLastError";

    private final String name;
    private final SymbolLookup symbols;

    /// @param name without `.dll`
    Library(String name) throws WindowsException {
        this.name = name;
        if (File.separatorChar != '\\') {
            throw WindowsException.missing(name + ".dll");
        }
        try {
            symbols = SymbolLookup.libraryLookup(name + ".dll", Arena.global());
        } catch (IllegalArgumentException e) {
            throw WindowsException.missing(name + ".dll");
        }
    }

    /// Links a function; its handle takes [#call]'s state first.
    MethodHandle function(String function, MemoryLayout result, MemoryLayout... arguments)
            throws WindowsException {
        try {
            return LINKER.downcallHandle(
                    symbols.findOrThrow(function),
                    FunctionDescriptor.of(result, arguments),
                    Linker.Option.captureCallState(LAST_ERROR));
        } catch (NoSuchElementException e) {
            throw WindowsException.missing(function + " in " + name + ".dll");
        }
    }

    /// One call of a handle with what it takes, its answer widened.
    interface Call {
        long with(MemorySegment state) throws Throwable;
    }

    private static final class State {
        static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
        static final VarHandle ERROR =
                LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(LAST_ERROR));
    }

    /// Calls; an answer of 0 is the exception.
    static long call(String function, Call call) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(State.LAYOUT);
            long answer = call.with(state);
            if (answer == 0) {
                throw WindowsException.failed(function, (int) State.ERROR.get(state, 0L));
            }
            return answer;
        } catch (WindowsException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a function of the system threw", e);
        }
    }

    /// Octets that the system keeps.
    static MemorySegment at(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    /// A text with its end, as the functions whose names end in W take it.
    static MemorySegment wide(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }
}
