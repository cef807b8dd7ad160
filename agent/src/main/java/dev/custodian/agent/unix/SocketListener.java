package dev.custodian.agent.unix;

import dev.custodian.agent.local.Connection;
import dev.custodian.agent.local.Listener;
import dev.custodian.agent.local.ScarceException;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A Unix socket that waits for connections.
public final class SocketListener implements Listener {
    /// Octets of a path that fit a socket's address, without the zero at its end.
    static final int LONGEST_PATH = 107;

    private static final System.Logger LOG = System.getLogger(SocketListener.class.getName());
    private static final int BACKLOG = 128;
    private static final String MODE = "rw-------";

    /// Of `st_mode` (inode(7)).
    private static final int FILE_TYPE = 0xf000;

    private static final int SOCKET = 0xc000;

    private final Path path;
    private final Descriptor socket;
    private final Semaphore room = Connection.room();

    /// What wakes up who accepts on an inherited socket; null for one of our own, which can be shut
    /// itself.
    private final @Nullable Waker waker;

    /// Which file to take away at the end: somebody else's may come in its place. Null for none.
    private volatile @Nullable Object file;

    private SocketListener(Path path, Descriptor socket, @Nullable Waker waker) {
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

    /// Makes the socket of a door and listens. Its file goes when this is closed.
    ///
    /// A socket that a dead agent left is replaced. What somebody else serves, or is no socket, is
    /// `SOCKET_TAKEN`.
    ///
    /// @param path in a folder that only this user may enter
    public static SocketListener open(Path path) throws Refused {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "A socket's path has at most " + LONGEST_PATH + " octets: " + path);
        }
        try {
            removeStale(path);
            var listener = at(path, BACKLOG);
            try {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(MODE));
                listener.file = fileKey(path);
                return listener;
            } catch (IOException e) {
                listener.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " cannot be made.");
        }
    }

    /// Refuses (`SOCKET_TAKEN`) what no program can reach any more, and what is somebody else's.
    public void requireReachable() throws Refused {
        try {
            if (!isSocket(path)
                    || (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            != ThisProcess.user()) {
                throw new Refused(FailureKind.SOCKET_TAKEN, path + " is no socket of yours.");
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " is there no more.");
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static void removeStale(Path path) throws IOException, Refused {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " is no socket.");
        }
        if (isServed(path)) {
            throw new Refused(FailureKind.SOCKET_TAKEN, "Another program serves " + path + ".");
        }
        Files.delete(path);
    }

    private static boolean isSocket(Path path) throws IOException {
        var mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & FILE_TYPE) == SOCKET;
    }

    /// Whether anybody listens, even one who takes no more connections or none of ours.
    private static boolean isServed(Path path) {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// Makes the socket and listens; its file stays. The folder decides who may connect; the file
    /// gets the mode that the process gives new files.
    ///
    /// @param path at most [#LONGEST_PATH] octets long, and nothing there yet
    public static SocketListener at(Path path, int backlog) throws UnixException {
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
            return new SocketListener(path, socket, null);
        } catch (UnixException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// The socket that whoever started this process opened under a number, and that stays his: it
    /// goes on listening when this is shut.
    ///
    /// @throws UnixException when it is no stream socket with a path that listens
    static SocketListener inherited(int number) throws UnixException {
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
            return new SocketListener(Path.of(text(name)), new Descriptor(number), Waker.make());
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

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public Connection accept() throws IOException {
        while (true) {
            if (waker != null) {
                waker.await(socket);
            }
            try {
                return new Connection(SocketStream.of(Libc.accept(socket.number())), room);
            } catch (UnixException e) {
                if (e.isPassing()) {
                    throw new ScarceException(e);
                }
                // An inherited one need not wait.
                if (waker == null || e.errno() != Libc.EAGAIN) {
                    throw e;
                }
            }
        }
    }

    @Override
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
        removeFile();
    }

    private void removeFile() {
        try {
            if (file != null
                    && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && fileKey(path).equals(file)) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed", path);
        }
    }
}
