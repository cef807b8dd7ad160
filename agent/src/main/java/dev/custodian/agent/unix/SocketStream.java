package dev.custodian.agent.unix;

import dev.custodian.agent.local.Credentials;
import dev.custodian.agent.local.Stream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// One connection to a Unix socket.
final class SocketStream implements Stream {
    private static final int PIECE = 64 << 10;

    private final Descriptor socket;
    private final Credentials peer;

    private SocketStream(Descriptor socket, Credentials peer) {
        this.socket = socket;
        this.peer = peer;
    }

    static SocketStream of(int number) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
            var ucred = arena.allocate(12, 4);
            if (Libc.getsockopt(number, Libc.SO_PEERCRED, ucred) != ucred.byteSize()) {
                throw new UnixException("getsockopt", Libc.EINVAL);
            }
            return new SocketStream(
                    new Descriptor(number),
                    new Credentials(
                            ucred.get(ValueLayout.JAVA_INT, 0),
                            Integer.toUnsignedString(ucred.get(ValueLayout.JAVA_INT, 4))));
        } catch (UnixException e) {
            Libc.close(number);
            throw e;
        }
    }

    @Override
    public Credentials peer() {
        return peer;
    }

    @Override
    public boolean isThere() {
        try {
            return (socket.now(Libc.POLLRDHUP) & (Libc.POLLHUP | Libc.POLLRDHUP)) == 0;
        } catch (UnixException e) {
            return false;
        }
    }

    @Override
    public int read(byte[] into, int from, int size, Duration limit) throws IOException {
        if (socket.await(Libc.POLLIN, limit) == 0) {
            return 0;
        }
        try (var arena = Arena.ofConfined()) {
            var piece = arena.allocate(Math.min(size, PIECE));
            int read = Libc.read(socket.number(), piece);
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, from, read);
            return read == 0 ? -1 : read;
        } catch (UnixException e) {
            if (e.errno() == Libc.ECONNRESET) {
                return -1;
            }
            throw e;
        }
    }

    @Override
    public boolean write(byte[] octets, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (var arena = Arena.ofConfined()) {
            var left = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
            while (left.byteSize() > 0) {
                var wait = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                if (socket.await(Libc.POLLOUT, wait) == 0) {
                    return false;
                }
                left = left.asSlice(Libc.send(socket.number(), left));
            }
            return true;
        }
    }

    @Override
    public void shut() {
        socket.shut();
    }

    @Override
    public void close() {
        socket.close();
    }
}
