package dev.custodian.link.pipe;

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

/// How functions of Windows are called, with its headers' names for types, constants and errors. A
/// handle is a number of 64 bits: there is no 32-bit JVM any more.
// Restricted since wrong descriptions crash the process: they are here and in the two classes of
// calls.
@SuppressWarnings("restricted")
final class Windows {
    static final long INVALID_HANDLE_VALUE = -1;
    static final int INFINITE = -1;
    static final int WAIT_OBJECT_0 = 0;
    static final int WAIT_TIMEOUT = 0x102;
    static final int ERROR_FILE_NOT_FOUND = 2;
    static final int ERROR_TOO_MANY_OPEN_FILES = 4;
    static final int ERROR_ACCESS_DENIED = 5;
    static final int ERROR_NOT_ENOUGH_MEMORY = 8;
    static final int ERROR_BROKEN_PIPE = 109;
    static final int ERROR_PIPE_BUSY = 231;
    static final int ERROR_NO_DATA = 232;
    static final int ERROR_PIPE_NOT_CONNECTED = 233;
    static final int ERROR_PIPE_CONNECTED = 535;
    static final int ERROR_OPERATION_ABORTED = 995;
    static final int ERROR_IO_PENDING = 997;
    static final int ERROR_NO_SYSTEM_RESOURCES = 1450;
    static final int ERROR_COMMITMENT_LIMIT = 1455;

    static final ValueLayout.OfInt DWORD = ValueLayout.JAVA_INT;
    static final ValueLayout.OfInt BOOL = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong HANDLE = ValueLayout.JAVA_LONG;
    static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle LAST_ERROR =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("GetLastError"));
    static final SymbolLookup KERNEL32 = SymbolLookup.libraryLookup("kernel32.dll", Arena.global());
    static final SymbolLookup ADVAPI32 = SymbolLookup.libraryLookup("advapi32.dll", Arena.global());

    private static final MethodHandle CLOSE_HANDLE = of(KERNEL32, "CloseHandle", BOOL, HANDLE);
    private static final MethodHandle CREATE_EVENT =
            of(KERNEL32, "CreateEventW", HANDLE, POINTER, BOOL, BOOL, POINTER);
    private static final MethodHandle SET_EVENT = of(KERNEL32, "SetEvent", BOOL, HANDLE);
    private static final MethodHandle WAIT =
            of(KERNEL32, "WaitForMultipleObjects", DWORD, DWORD, POINTER, BOOL, DWORD);

    private Windows() {}

    static MethodHandle of(
            SymbolLookup library, String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                library.findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("GetLastError"));
    }

    /// One call of the handle with what it takes.
    interface Call {
        long with(MemorySegment state) throws Throwable;
    }

    /// What a function answered.
    ///
    /// @param error of `GetLastError`, which means something when the answer is a failure
    record Said(long answer, int error) {}

    static Said call(Call call) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long answer = call.with(state);
            return new Said(answer, (int) LAST_ERROR.get(state, 0L));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a function of Windows threw", e);
        }
    }

    /// Calls what answers `failed` when it fails.
    static long require(String name, long failed, Call call) throws WindowsException {
        var said = call(call);
        if (said.answer == failed) {
            throw new WindowsException(name, said.error);
        }
        return said.answer;
    }

    /// Calls what begins something and answers 0 with the reason why it has not ended yet, or never
    /// will.
    ///
    /// @return that reason; 0 when it has ended well
    static int begin(Call call) {
        var said = call(call);
        return said.answer == 0 ? said.error : 0;
    }

    static MemorySegment text(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }

    static void close(long handle) {
        var _ = call(s -> (int) CLOSE_HANDLE.invokeExact(s, handle));
    }

    /// @param manual whether it stays set; otherwise one wait takes it back
    static long event(boolean manual) throws WindowsException {
        return require(
                "CreateEventW",
                0,
                s ->
                        (long)
                                CREATE_EVENT.invokeExact(
                                        s,
                                        MemorySegment.NULL,
                                        manual ? 1 : 0,
                                        0,
                                        MemorySegment.NULL));
    }

    static void set(long event) {
        var _ = call(s -> (int) SET_EVENT.invokeExact(s, event));
    }

    /// Waits for the first of several.
    ///
    /// @return its place among them, or [#WAIT_TIMEOUT]
    static int await(int millis, long... handles) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var all = arena.allocateFrom(HANDLE, handles);
            return (int)
                    require(
                            "WaitForMultipleObjects",
                            -1,
                            s -> (int) WAIT.invokeExact(s, handles.length, all, 0, millis));
        }
    }

    /// One call of the handle that leaves a number in `into`.
    interface Asking {
        int with(MemorySegment state, MemorySegment into) throws Throwable;
    }

    static int number(String name, Asking call) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var into = arena.allocate(DWORD);
            require(name, 0, s -> call.with(s, into));
            return into.get(DWORD, 0);
        }
    }
}
