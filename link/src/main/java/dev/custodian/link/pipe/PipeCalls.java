package dev.custodian.link.pipe;

import static dev.custodian.link.pipe.Windows.BOOL;
import static dev.custodian.link.pipe.Windows.DWORD;
import static dev.custodian.link.pipe.Windows.ERROR_FILE_NOT_FOUND;
import static dev.custodian.link.pipe.Windows.HANDLE;
import static dev.custodian.link.pipe.Windows.INVALID_HANDLE_VALUE;
import static dev.custodian.link.pipe.Windows.KERNEL32;
import static dev.custodian.link.pipe.Windows.POINTER;
import static dev.custodian.link.pipe.Windows.begin;
import static dev.custodian.link.pipe.Windows.call;
import static dev.custodian.link.pipe.Windows.number;
import static dev.custodian.link.pipe.Windows.require;
import static dev.custodian.link.pipe.Windows.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Named pipes, and octets in and out of them.
final class PipeCalls {
    static final int GENERIC_READ = 0x80000000;
    static final int GENERIC_WRITE = 0x40000000;
    static final int OPEN_EXISTING = 3;
    static final int FILE_FLAG_OVERLAPPED = 0x40000000;
    static final int FILE_FLAG_FIRST_PIPE_INSTANCE = 0x00080000;
    static final int SECURITY_SQOS_PRESENT = 0x00100000;
    static final int SECURITY_IDENTIFICATION = 0x00010000;
    static final int PIPE_ACCESS_DUPLEX = 3;
    static final int PIPE_REJECT_REMOTE_CLIENTS = 8;
    static final int PIPE_UNLIMITED_INSTANCES = 255;
    static final int NMPWAIT_NOWAIT = 1;

    /// `OVERLAPPED`: two pointers, an offset, and the event.
    private static final int OVERLAPPED_SIZE = 32;

    private static final int OVERLAPPED_EVENT = 24;

    private static final MethodHandle READ_FILE =
            Windows.of(KERNEL32, "ReadFile", BOOL, HANDLE, POINTER, DWORD, POINTER, POINTER);
    private static final MethodHandle WRITE_FILE =
            Windows.of(KERNEL32, "WriteFile", BOOL, HANDLE, POINTER, DWORD, POINTER, POINTER);
    private static final MethodHandle CANCEL_IO =
            Windows.of(KERNEL32, "CancelIoEx", BOOL, HANDLE, POINTER);
    private static final MethodHandle GET_OVERLAPPED_RESULT =
            Windows.of(KERNEL32, "GetOverlappedResult", BOOL, HANDLE, POINTER, POINTER, BOOL);

    /// What a program needs that connects: linked not before then, as that takes a while.
    private static final class Connecting {
        static final MethodHandle CREATE_FILE =
                Windows.of(
                        KERNEL32,
                        "CreateFileW",
                        HANDLE,
                        POINTER,
                        DWORD,
                        DWORD,
                        POINTER,
                        DWORD,
                        DWORD,
                        HANDLE);
        static final MethodHandle SERVER =
                Windows.of(KERNEL32, "GetNamedPipeServerProcessId", BOOL, HANDLE, POINTER);
    }

    /// What the agent needs.
    private static final class Serving {
        static final MethodHandle CREATE_NAMED_PIPE =
                Windows.of(
                        KERNEL32,
                        "CreateNamedPipeW",
                        HANDLE,
                        POINTER,
                        DWORD,
                        DWORD,
                        DWORD,
                        DWORD,
                        DWORD,
                        DWORD,
                        POINTER);
        static final MethodHandle CONNECT =
                Windows.of(KERNEL32, "ConnectNamedPipe", BOOL, HANDLE, POINTER);
        static final MethodHandle DISCONNECT =
                Windows.of(KERNEL32, "DisconnectNamedPipe", BOOL, HANDLE);
        static final MethodHandle PEEK =
                Windows.of(
                        KERNEL32,
                        "PeekNamedPipe",
                        BOOL,
                        HANDLE,
                        POINTER,
                        DWORD,
                        POINTER,
                        POINTER,
                        POINTER);
        static final MethodHandle WAIT_NAMED_PIPE =
                Windows.of(KERNEL32, "WaitNamedPipeW", BOOL, POINTER, DWORD);
        static final MethodHandle CLIENT =
                Windows.of(KERNEL32, "GetNamedPipeClientProcessId", BOOL, HANDLE, POINTER);
    }

    private PipeCalls() {}

    static MemorySegment overlapped(Arena arena, long event) {
        var overlapped = arena.allocate(OVERLAPPED_SIZE, 8);
        overlapped.set(HANDLE, OVERLAPPED_EVENT, event);
        return overlapped;
    }

    static int read(long handle, MemorySegment into, MemorySegment overlapped) {
        return begin(
                s ->
                        (int)
                                READ_FILE.invokeExact(
                                        s,
                                        handle,
                                        into,
                                        (int) into.byteSize(),
                                        MemorySegment.NULL,
                                        overlapped));
    }

    static int write(long handle, MemorySegment octets, MemorySegment overlapped) {
        return begin(
                s ->
                        (int)
                                WRITE_FILE.invokeExact(
                                        s,
                                        handle,
                                        octets,
                                        (int) octets.byteSize(),
                                        MemorySegment.NULL,
                                        overlapped));
    }

    static void cancel(long handle, MemorySegment overlapped) {
        var _ = call(s -> (int) CANCEL_IO.invokeExact(s, handle, overlapped));
    }

    /// Waits for the end of what was begun.
    ///
    /// @param octets gets how many went
    /// @return why it failed; 0 when it has ended well
    static int end(long handle, MemorySegment overlapped, MemorySegment octets) {
        return begin(
                s -> (int) GET_OVERLAPPED_RESULT.invokeExact(s, handle, overlapped, octets, 1));
    }

    static long openPipe(String name) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var text = text(arena, name);
            return require(
                    "CreateFileW",
                    INVALID_HANDLE_VALUE,
                    s ->
                            (long)
                                    Connecting.CREATE_FILE.invokeExact(
                                            s,
                                            text,
                                            GENERIC_READ | GENERIC_WRITE,
                                            0,
                                            MemorySegment.NULL,
                                            OPEN_EXISTING,
                                            FILE_FLAG_OVERLAPPED
                                                    | SECURITY_SQOS_PRESENT
                                                    | SECURITY_IDENTIFICATION,
                                            0L));
        }
    }

    /// @param flags beside those that every instance has
    /// @param descriptor who may do what with it
    static long createPipe(String name, int flags, int buffer, MemorySegment descriptor)
            throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var text = text(arena, name);
            // SECURITY_ATTRIBUTES { DWORD size; void *descriptor; BOOL inherit; }
            var attributes = arena.allocate(24, 8);
            attributes.set(DWORD, 0, 24);
            attributes.set(ValueLayout.ADDRESS, 8, descriptor);
            return require(
                    "CreateNamedPipeW",
                    INVALID_HANDLE_VALUE,
                    s ->
                            (long)
                                    Serving.CREATE_NAMED_PIPE.invokeExact(
                                            s,
                                            text,
                                            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags,
                                            PIPE_REJECT_REMOTE_CLIENTS,
                                            PIPE_UNLIMITED_INSTANCES,
                                            buffer,
                                            buffer,
                                            0,
                                            attributes));
        }
    }

    static int connect(long handle, MemorySegment overlapped) {
        return begin(s -> (int) Serving.CONNECT.invokeExact(s, handle, overlapped));
    }

    static void disconnect(long handle) {
        var _ = call(s -> (int) Serving.DISCONNECT.invokeExact(s, handle));
    }

    /// Whether the other end of a pipe is still open, or has left something to read.
    static boolean peek(long handle) {
        return begin(
                        s ->
                                (int)
                                        Serving.PEEK.invokeExact(
                                                s,
                                                handle,
                                                MemorySegment.NULL,
                                                0,
                                                MemorySegment.NULL,
                                                MemorySegment.NULL,
                                                MemorySegment.NULL))
                == 0;
    }

    /// Whether anybody serves a pipe of this name, even one who takes no more connections.
    static boolean isServed(String name) {
        try (var arena = Arena.ofConfined()) {
            var text = text(arena, name);
            return begin(s -> (int) Serving.WAIT_NAMED_PIPE.invokeExact(s, text, NMPWAIT_NOWAIT))
                    != ERROR_FILE_NOT_FOUND;
        }
    }

    static int server(long pipe) throws WindowsException {
        return number(
                "GetNamedPipeServerProcessId",
                (s, into) -> (int) Connecting.SERVER.invokeExact(s, pipe, into));
    }

    static int client(long pipe) throws WindowsException {
        return number(
                "GetNamedPipeClientProcessId",
                (s, into) -> (int) Serving.CLIENT.invokeExact(s, pipe, into));
    }
}
