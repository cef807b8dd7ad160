package dev.custodian.agent.unix;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/// A Unix socket that waits for connections. One thread accepts and closes; any other may [#shut]
/// it.
public final class Listener implements AutoCloseable {
    /// Octets of a path that fit a socket's address, without the zero at its end.
    public static final int LONGEST_PATH = 107;

    /// Connections that may have a large request at a time.
    private static final int MOST_LARGE = 4;

    private final Descriptor socket;
    private final Semaphore room = new Semaphore(MOST_LARGE);

    private Listener(Descriptor socket) {
        this.socket = socket;
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
            // struct sockaddr_un { sa_family_t family; char path[108]; }
            var address = arena.allocate(2 + LONGEST_PATH + 1, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_UNIX);
            address.asSlice(2).copyFrom(arena.allocateFrom(ValueLayout.JAVA_BYTE, name));
            Libc.bind(socket.number(), address);
            Libc.listen(socket.number(), backlog);
            return new Listener(socket);
        } catch (UnixException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Waits for the next connection.
    ///
    /// @throws UnixException also when this was shut
    public Connection accept() throws UnixException {
        return Connection.of(Libc.accept(socket.number()), room);
    }

    /// Wakes up who accepts.
    public void shut() {
        socket.shut();
    }

    @Override
    public void close() {
        socket.close();
    }
}
