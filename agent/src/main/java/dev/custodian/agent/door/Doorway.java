package dev.custodian.agent.door;

import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.unix.Connection;
import dev.custodian.agent.unix.Listener;
import dev.custodian.agent.unix.UnixException;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Set;

/// A door's socket. One thread accepts, one more serves each connection.
///
/// When there are too many connections, the oldest one that asks nothing is ended: so a program
/// that opens a thousand keeps nobody out, and ends no question that a person reads.
public final class Doorway implements AutoCloseable {
    /// Connections at a time.
    public static final int MOST = 64;

    private static final System.Logger LOG = System.getLogger(Doorway.class.getName());
    private static final int BACKLOG = 128;
    private static final String MODE = "rw-------";

    /// Of `st_mode` (inode(7)).
    private static final int FILE_TYPE = 0xf000;

    private static final int SOCKET = 0xc000;

    private final Path path;
    private final Listener listener;
    private final Door door;
    private final Peers peers;
    private final Set<Connection> open = new LinkedHashSet<>();
    private final Thread accepting;
    private boolean ending;

    private Doorway(Path path, Listener listener, Door door, Peers peers) {
        this.path = path;
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
            var doorway = new Doorway(path, listener, door, peers);
            doorway.accepting.start();
            return doorway;
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " cannot be made.");
        }
    }

    private static void removeStale(Path path) throws IOException, Refused {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) {
            throw new Refused(FailureKind.SOCKET_TAKEN, path + " is no socket.");
        }
        if (isServed(path)) {
            throw new Refused(FailureKind.SOCKET_TAKEN, "Another program serves " + path + ".");
        }
        Files.delete(path);
    }

    private static boolean isServed(Path path) {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        try (listener) {
            while (true) {
                var connection = listener.accept();
                if (admit(connection)) {
                    Thread.ofPlatform().daemon().name("door").start(() -> serve(connection));
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
            open.stream().filter(Connection::isIdle).findFirst().ifPresent(this::drop);
        }
        return !ending && open.size() < MOST && open.add(connection);
    }

    private void drop(Connection idle) {
        idle.shut();
        open.remove(idle);
    }

    private synchronized void leave(Connection connection) {
        open.remove(connection);
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    /// Ends all connections and takes the socket away.
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
            open.forEach(Connection::shut);
        }
        listener.shut();
        try {
            accepting.join();
            Files.deleteIfExists(path);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed", path);
        }
    }
}
