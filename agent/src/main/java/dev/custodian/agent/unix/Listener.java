package dev.custodian.agent.unix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A Unix socket that waits for connections. One thread accepts and closes; any other may [#shut]
/// it.
public final class Listener implements AutoCloseable {
    /// Octets of a path that fit a socket's address, without the zero at its end.
    public static final int LONGEST_PATH = 107;

    /// Connections that may have a large request at a time.
    private static final int MOST_LARGE = 4;

    private final Path path;
    private final Descriptor socket;
    private final Semaphore room = new Semaphore(MOST_LARGE, true);

    /// What wakes up who accepts on an inherited socket; null for one of our own, which can be shut
    /// itself.
    private final @Nullable Waker waker;

    private Listener(Path path, Descriptor socket, @Nullable Waker waker) {
        this.path = path;
        this.socket = socket;
        this.waker = waker;
    }

    /// A pipe: closing its second end wakes up who waits at the first.
    private record Waker(Descriptor woken, Descriptor waking) {
        static Waker make() throws UnixException {
            try (var arena = Arena.ofConfined()) {
                var ends = arena.allocate(8, 4);
                Libc.pipe(ends);
                return new Waker(
                        new Descriptor(ends.get(ValueLayout.JAVA_INT, 0)),
                        new Descriptor(ends.get(ValueLayout.JAVA_INT, 4)));
            }
        }

        /// Waits until somebody connects.
        void await(Descriptor socket) throws UnixException {
            Libc.pollBoth(socket.number(), woken.number());
            if (woken.now(Libc.POLLIN) != 0) {
                throw new UnixException("accept4", Libc.EINVAL);
            }
        }
    }

    /// Makes the socket and listens. The folder decides who may connect; the file gets the mode
    /// that the process gives new files.
    ///
    /// @param path at most [#LONGEST_PATH] octets long, and nothing there yet
    public static Listener at(Path path, int backlog) throws UnixException {
        var name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH) {
            throw new IllegalArgumentException("a socket's path of " + name.length + " octets");
        }
        var socket = new Descriptor(Libc.socket());
        try (var arena = Arena.ofConfined()) {
            var address = address(arena);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_UNIX);
            address.asSlice(2).copyFrom(arena.allocateFrom(ValueLayout.JAVA_BYTE, name));
            Libc.bind(socket.number(), address);
            Libc.listen(socket.number(), backlog);
            return new Listener(path, socket, null);
        } catch (UnixException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// The socket that whoever started this process opened under a number, and that stays his: it
    /// goes on listening when this is shut.
    ///
    /// @throws UnixException when it is no stream socket with a path that listens
    static Listener inherited(int number) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var address = address(arena);
            int size = Libc.getsockname(number, address);
            var option = arena.allocate(ValueLayout.JAVA_INT);
            if (address.get(ValueLayout.JAVA_SHORT, 0) != Libc.AF_UNIX
                    || address.get(ValueLayout.JAVA_BYTE, 2) != '/'
                    || read(number, Libc.SO_TYPE, option) != Libc.SOCK_STREAM
                    || read(number, Libc.SO_ACCEPTCONN, option) != 1) {
                throw new UnixException("getsockname", Libc.EINVAL);
            }
            var name = address.asSlice(2, Math.min(size, address.byteSize()) - 2);
            return new Listener(Path.of(text(name)), new Descriptor(number), Waker.make());
        }
    }

    /// `struct sockaddr_un { sa_family_t family; char path[108]; }`
    private static MemorySegment address(Arena arena) {
        return arena.allocate(2 + LONGEST_PATH + 1, 2);
    }

    private static String text(MemorySegment name) {
        var text = new String(name.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static int read(int number, int option, MemorySegment into) throws UnixException {
        Libc.getsockopt(number, option, into);
        return into.get(ValueLayout.JAVA_INT, 0);
    }

    /// Where it is, as it was bound.
    public Path path() {
        return path;
    }

    /// Whether another process made it, and takes its file away.
    public boolean isInherited() {
        return waker != null;
    }

    /// Waits for the next connection.
    ///
    /// @throws UnixException also when this was shut
    public Connection accept() throws UnixException {
        while (true) {
            if (waker != null) {
                waker.await(socket);
            }
            try {
                return Connection.of(Libc.accept(socket.number()), room);
            } catch (UnixException e) {
                // An inherited one need not wait.
                if (waker == null || e.errno() != Libc.EAGAIN) {
                    throw e;
                }
            }
        }
    }

    /// Wakes up who accepts.
    public void shut() {
        if (waker == null) {
            socket.shut();
        } else {
            waker.waking.close();
        }
    }

    @Override
    public void close() {
        socket.close();
        if (waker != null) {
            waker.waking.close();
            waker.woken.close();
        }
    }
}
