package dev.custodian.agent.door;

import dev.custodian.agent.local.Connection;
import dev.custodian.agent.local.Listener;
import dev.custodian.agent.local.ScarceException;
import dev.custodian.agent.peer.Peers;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What serves a door. One thread accepts, one more serves each connection.
///
/// When there are too many connections, one that asks nothing is ended: the oldest one of the
/// process that has most of them. So a process that opens a thousand keeps nobody out, ends no
/// other program's connection, and no question that a person reads.
public final class Doorway implements AutoCloseable {
    /// Connections at a time.
    public static final int MOST = 64;

    private static final System.Logger LOG = System.getLogger(Doorway.class.getName());
    private static final long PAUSE_MILLIS = 100;
    private static final long BETWEEN_LINES = Duration.ofMinutes(1).toNanos();

    private final Listener listener;
    private final Door door;
    private final Peers peers;
    private final Set<Connection> open = new LinkedHashSet<>();
    private final Thread accepting;
    private boolean ending;

    /// When it was said last that something is scarce.
    private long said = System.nanoTime() - BETWEEN_LINES;

    private Doorway(Listener listener, Door door, Peers peers) {
        this.listener = listener;
        this.door = door;
        this.peers = peers;
        this.accepting =
                Thread.ofPlatform().name("door " + listener.name()).unstarted(this::accept);
    }

    /// Serves it from now on, and closes it in the end.
    public static Doorway open(Listener listener, Door door, Peers peers) {
        var doorway = new Doorway(listener, door, peers);
        doorway.accepting.start();
        return doorway;
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
        } catch (IOException e) {
            if (!isEnding()) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the door {0} is closed: {1}",
                        listener.name(),
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
    private @Nullable Connection next() throws IOException {
        try {
            return listener.accept();
        } catch (ScarceException e) {
            if (isEnding()) {
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
            LOG.log(System.Logger.Level.INFO, "{0}: {1}", listener.name(), e.getMessage());
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
                    listener.name(),
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

    /// Ends all connections, and the listener.
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
            open.forEach(Connection::shut);
        }
        listener.shut();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
