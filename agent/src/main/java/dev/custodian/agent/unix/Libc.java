package dev.custodian.agent.unix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The functions of the C library that this package needs, with the numbers that Linux gives their
/// arguments on every processor that we run on.
// Restricted since wrong descriptions crash the process: they are all here.
@SuppressWarnings("restricted")
final class Libc {
    static final int AF_UNIX = 1;
    static final int SOCK_STREAM = 1;
    static final int CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_TYPE = 3;
    static final int SO_PEERCRED = 17;
    static final int SO_ACCEPTCONN = 30;
    static final int SHUT_RDWR = 2;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final short POLLIN = 0x1;
    static final short POLLOUT = 0x4;
    static final short POLLHUP = 0x10;
    static final short POLLRDHUP = 0x2000;
    static final int PR_SET_DUMPABLE = 4;
    static final int PR_GET_DUMPABLE = 3;
    static final int O_RDWR = 2;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int TCSAFLUSH = 2;
    static final int SIGTTIN = 21;
    static final int SIGTTOU = 22;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ECONNABORTED = 103;
    static final int ECONNRESET = 104;
    static final int ENOBUFS = 105;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = of("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = of("bind", INT, INT, POINTER, INT);
    private static final MethodHandle LISTEN = of("listen", INT, INT, INT);
    private static final MethodHandle GETEUID = of("geteuid", INT);
    private static final MethodHandle PRCTL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("prctl"),
                    FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    /// What the agent needs once it listens, linked not before then: that takes a hundredth of a
    /// second for each, and programs wait for the agent to start.
    private static final class Serving {
        static final MethodHandle ACCEPT = of("accept4", INT, INT, POINTER, POINTER, INT);
        static final MethodHandle GETSOCKOPT =
                of("getsockopt", INT, INT, INT, INT, POINTER, POINTER);
        static final MethodHandle POLL = of("poll", INT, POINTER, LONG, INT);
        static final MethodHandle READ = of("read", LONG, INT, POINTER, LONG);
        static final MethodHandle SEND = of("send", LONG, INT, POINTER, LONG, INT);
        static final MethodHandle SHUTDOWN = of("shutdown", INT, INT, INT);
        static final MethodHandle CLOSE = of("close", INT, INT);
        static final MethodHandle PIPE = of("pipe2", INT, POINTER, INT);
    }

    /// What it needs to serve a socket that was opened before it started.
    private static final class Inheriting {
        static final MethodHandle GETSOCKNAME = of("getsockname", INT, INT, POINTER, POINTER);
    }

    /// What it needs to ask on a terminal.
    private static final class Asking {
        static final MethodHandle WRITE = of("write", LONG, INT, POINTER, LONG);
        static final MethodHandle TCGETATTR = of("tcgetattr", INT, INT, POINTER);
        static final MethodHandle TCSETATTR = of("tcsetattr", INT, INT, INT, POINTER);
        static final MethodHandle TCFLUSH = of("tcflush", INT, INT, INT);
        static final MethodHandle SIGNAL = of("signal", LONG, INT, LONG);
        static final MethodHandle OPEN =
                LINKER.downcallHandle(
                        LINKER.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(INT, POINTER, INT),
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.firstVariadicArg(2));
    }

    private Libc() {}

    private static MethodHandle of(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /// One call of the handle with what it takes, its answer widened.
    private interface Call {
        long with(MemorySegment state) throws Throwable;
    }

    /// Calls, again when a signal came between; an answer below 0 is the exception.
    private static long call(String name, Call call) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            while (true) {
                long answer = call.with(state);
                if (answer >= 0) {
                    return answer;
                }
                int errno = (int) ERRNO.get(state, 0L);
                if (errno != EINTR) {
                    throw new UnixException(name, errno);
                }
            }
        } catch (UnixException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function threw", e);
        }
    }

    static int socket() throws UnixException {
        return (int)
                call("socket", s -> (int) SOCKET.invokeExact(s, AF_UNIX, SOCK_STREAM | CLOEXEC, 0));
    }

    static void bind(int fd, MemorySegment address) throws UnixException {
        call("bind", s -> (int) BIND.invokeExact(s, fd, address, (int) address.byteSize()));
    }

    static void listen(int fd, int backlog) throws UnixException {
        call("listen", s -> (int) LISTEN.invokeExact(s, fd, backlog));
    }

    static int accept(int fd) throws UnixException {
        return (int)
                call(
                        "accept4",
                        s ->
                                (int)
                                        Serving.ACCEPT.invokeExact(
                                                s,
                                                fd,
                                                MemorySegment.NULL,
                                                MemorySegment.NULL,
                                                CLOEXEC));
    }

    /// Reads an option into `value`; returns its size.
    static int getsockopt(int fd, int option, MemorySegment value) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocateFrom(INT, (int) value.byteSize());
            call(
                    "getsockopt",
                    s ->
                            (int)
                                    Serving.GETSOCKOPT.invokeExact(
                                            s, fd, SOL_SOCKET, option, value, size));
            return size.get(INT, 0);
        }
    }

    /// Reads a socket's own address into `address`; returns its size.
    static int getsockname(int fd, MemorySegment address) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocateFrom(INT, (int) address.byteSize());
            call(
                    "getsockname",
                    s -> (int) Inheriting.GETSOCKNAME.invokeExact(s, fd, address, size));
            return size.get(INT, 0);
        }
    }

    /// Waits until there is something to read at one of two, or its other end hung up.
    static void pollBoth(int one, int other) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var both = arena.allocate(16, 4);
            both.set(INT, 0, one);
            both.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            both.set(INT, 8, other);
            both.set(ValueLayout.JAVA_SHORT, 12, POLLIN);
            call("poll", s -> (int) Serving.POLL.invokeExact(s, both, 2L, -1));
        }
    }

    /// Waits until one of `events` can be done, or the other end hung up.
    ///
    /// @param millis longest wait
    /// @return what happened; 0 when nothing did
    static short poll(int fd, short events, int millis) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocate(8, 4);
            one.set(INT, 0, fd);
            one.set(ValueLayout.JAVA_SHORT, 4, events);
            call("poll", s -> (int) Serving.POLL.invokeExact(s, one, 1L, millis));
            return one.get(ValueLayout.JAVA_SHORT, 6);
        }
    }

    static int read(int fd, MemorySegment into) throws UnixException {
        return (int)
                call("read", s -> (long) Serving.READ.invokeExact(s, fd, into, into.byteSize()));
    }

    /// Sends as much as there is room for, without waiting.
    ///
    /// @return how much; 0 when there is no room
    static int send(int fd, MemorySegment from) throws UnixException {
        int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        try {
            return (int)
                    call(
                            "send",
                            s ->
                                    (long)
                                            Serving.SEND.invokeExact(
                                                    s, fd, from, from.byteSize(), flags));
        } catch (UnixException e) {
            if (e.errno() == EAGAIN) {
                return 0;
            }
            throw e;
        }
    }

    static void shutdown(int fd) throws UnixException {
        call("shutdown", s -> (int) Serving.SHUTDOWN.invokeExact(s, fd, SHUT_RDWR));
    }

    /// Never repeated: on Linux the number is free even when a signal came between.
    static void close(int fd) {
        try (var arena = Arena.ofConfined()) {
            int _ = (int) Serving.CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function threw", e);
        }
    }

    /// Makes a pipe; writes the numbers of its read and its write end.
    static void pipe(MemorySegment ends) throws UnixException {
        call("pipe2", s -> (int) Serving.PIPE.invokeExact(s, ends, CLOEXEC));
    }

    static int geteuid() throws UnixException {
        return (int) call("geteuid", s -> Integer.toUnsignedLong((int) GETEUID.invokeExact(s)));
    }

    static int prctl(int option, long argument) throws UnixException {
        return (int) call("prctl", s -> (int) PRCTL.invokeExact(s, option, argument, 0L, 0L, 0L));
    }

    /// Opens a terminal, which does not become this process's own; nothing waits on it.
    static int openTerminal(String path) throws UnixException {
        int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | CLOEXEC;
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            return (int) call("open", s -> (int) Asking.OPEN.invokeExact(s, name, flags));
        }
    }

    /// Writes as much as there is room for; returns how much, 0 when there is no room.
    static int write(int fd, MemorySegment from) throws UnixException {
        try {
            return (int)
                    call(
                            "write",
                            s -> (long) Asking.WRITE.invokeExact(s, fd, from, from.byteSize()));
        } catch (UnixException e) {
            if (e.errno() == EAGAIN) {
                return 0;
            }
            throw e;
        }
    }

    /// Reads the attributes of a terminal (termios(3)).
    static void tcgetattr(int fd, MemorySegment into) throws UnixException {
        call("tcgetattr", s -> (int) Asking.TCGETATTR.invokeExact(s, fd, into));
    }

    /// Sets them, and forgets what was typed and not read.
    static void tcsetattr(int fd, MemorySegment from) throws UnixException {
        call("tcsetattr", s -> (int) Asking.TCSETATTR.invokeExact(s, fd, TCSAFLUSH, from));
    }

    /// Forgets what was typed and not read.
    static void tcflush(int fd) throws UnixException {
        call("tcflush", s -> (int) Asking.TCFLUSH.invokeExact(s, fd, 0));
    }

    /// From now on the signal does nothing.
    static void ignore(int signal) throws UnixException {
        call("signal", s -> (long) Asking.SIGNAL.invokeExact(s, signal, 1L));
    }
}
