package dev.custodian.agent.door;

import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.unix.Connection;
import dev.custodian.agent.unix.Listener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.agent.unix.UnixException;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
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
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A door's socket. One thread accepts, one more serves each connection.
///
/// When there are too many connections, one that asks nothing is ended: the oldest one of the
/// process that has most of them. So a process that opens a thousand keeps nobody out, ends no
/// other program's connection, and no question that a person reads.
public final class Doorway implements AutoCloseable {
    /// Connections at a time.
    public static final int MOST = 64;

    private static final System.Logger LOG = System.getLogger(Doorway.class.getName());
    private static final int BACKLOG = 128;
    private static final long PAUSE_MILLIS = 100;
    private static final long BETWEEN_LINES = Duration.ofMinutes(1).toNanos();
    private static final String MODE = "rw-------";

    /// Of `st_mode` (inode(7)).
    private static final int FILE_TYPE = 0xf000;

    private static final int SOCKET = 0xc000;

    private final Path path;

    /// Which file it is: somebody else's may come in its place.
    private final Object file;

    private final Listener listener;
    private final Door door;
    private final Peers peers;
    private final Set<Connection> open = new LinkedHashSet<>();
    private final Thread accepting;
    private boolean ending;

    /// When it was said last that something is scarce.
    private long said = System.nanoTime() - BETWEEN_LINES;

    private Doorway(Listener listener, Object file, Door door, Peers peers) {
        this.path = listener.path();
        this.file = file;
        this.listener = listener;
        this.door = door;
        this.peers = peers;
        this.accepting =
                Thread.ofPlatform().name("door " + path.getFileName()).unstarted(this::accept);
    }

    /// Makes the socket and serves it from now on.
    ///
    /// A socket that a dead agent left is replaced. What somebody else serves, or is no socket, is
    /// `SOCKET_TAKEN`.
    ///
    /// @param path in a folder that only this user may enter
    public static Doorway open(Path path, Door door, Peers peers) throws Refused {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > Listener.LONGEST_PATH) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "A socket's path has at most " + Listener.LONGEST_PATH + " octets: " + path);
        }
        try {
            removeStale(path);
            var listener = Listener.at(path, BACKLOG);
            try {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(MODE));
            } catch (IOException e) {
                listener.close();
                throw e;
            }
            return started(new Doorway(listener, fileKey(path), door, peers));
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " cannot be made.");
        }
    }

    /// Serves from now on a socket that was opened for this process. Its file stays when this is
    /// closed, and whoever opened it goes on listening there.
    ///
    /// What no program can reach any more, or somebody else's, is `SOCKET_TAKEN`.
    public static Doorway on(Listener inherited, Door door, Peers peers) throws Refused {
        var path = inherited.path();
        try {
            if (!isSocket(path)
                    || (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            != ThisProcess.user()) {
                throw new Refused(FailureKind.SOCKET_TAKEN, path + " is no socket of yours.");
            }
            return started(new Doorway(inherited, fileKey(path), door, peers));
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " is there no more.");
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static Doorway started(Doorway doorway) {
        doorway.accepting.start();
        return doorway;
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

    private void accept() {
        try (listener) {
            while (true) {
                var connection = next();
                if (connection == null) {
                    Thread.sleep(PAUSE_MILLIS);
                } else if (admit(connection)) {
                    start(connection);
                } else {
                    connection.close();
                }
            }
        } catch (UnixException e) {
            if (!isEnding()) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the door {0} is closed: {1}",
                        path,
                        e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A system without room for one more thread costs this connection alone.
    private void start(Connection connection) {
        try {
            Thread.ofPlatform().daemon().name("door").start(() -> serve(connection));
        } catch (OutOfMemoryError e) {
            say("the system has no room for one more thread");
            connection.close();
            leave(connection);
        }
    }

    /// The next connection; null when the system has no room for one just now.
    private @Nullable Connection next() throws UnixException {
        try {
            return listener.accept();
        } catch (UnixException e) {
            if (!e.isPassing() || isEnding()) {
                throw e;
            }
            say("the system has no room for one more: " + e.getMessage());
            return null;
        }
    }

    private void serve(Connection connection) {
        try (connection) {
            door.serve(connection, peers.find(connection.peer()));
        } catch (IOException | Refused e) {
            LOG.log(System.Logger.Level.INFO, "{0}: {1}", path.getFileName(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a fault of our own", e);
        } finally {
            leave(connection);
        }
    }

    /// @return false when there is no room, or this ends
    private synchronized boolean admit(Connection connection) {
        if (!ending && open.size() >= MOST) {
            var of =
                    open.stream()
                            .collect(
                                    Collectors.groupingBy(
                                            one -> one.peer().pid(), Collectors.counting()));
            open.stream()
                    .filter(Connection::isIdle)
                    .max(Comparator.comparing(one -> of.getOrDefault(one.peer().pid(), 0L)))
                    .ifPresentOrElse(
                            this::drop, () -> say("all are busy, so that one more is refused"));
        }
        return !ending && open.size() < MOST && open.add(connection);
    }

    private void drop(Connection idle) {
        say("one that asks nothing is ended, of process " + idle.peer().pid());
        idle.shut();
        open.remove(idle);
    }

    /// Not each time: what a program does a thousand times must not fill the log.
    private synchronized void say(String what) {
        long now = System.nanoTime();
        if (now - said >= BETWEEN_LINES) {
            said = now;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} connections at a time: {2}",
                    path.getFileName(),
                    MOST,
                    what);
        }
    }

    private synchronized void leave(Connection connection) {
        open.remove(connection);
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    /// Ends all connections and takes the socket away, if this made it.
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
            open.forEach(Connection::shut);
        }
        listener.shut();
        try {
            accepting.join();
            if (!listener.isInherited()
                    && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && fileKey(path).equals(file)) {
                Files.delete(path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed", path);
        }
    }
}
