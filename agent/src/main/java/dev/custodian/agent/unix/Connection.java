package dev.custodian.agent.unix;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One connection to a Unix socket. Read and closed by one thread, written by one at a time and not
/// after it is closed; any other may [#shut] it.
public final class Connection implements AutoCloseable {
    private static final int PIECE = 64 << 10;
    private static final long SLICE_MILLIS = 100;

    private final Descriptor socket;
    private final Credentials peer;
    private final AtomicInteger owed = new AtomicInteger();

    /// For what is larger than a [#PIECE], until the next is waited for.
    private final Semaphore room;

    private boolean hasRoom;

    private Connection(Descriptor socket, Credentials peer, Semaphore room) {
        this.socket = socket;
        this.peer = peer;
        this.room = room;
    }

    static Connection of(int number, Semaphore room) throws UnixException {
        try (var arena = Arena.ofConfined()) {
            // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
            var ucred = arena.allocate(12, 4);
            if (Libc.getsockopt(number, Libc.SO_PEERCRED, ucred) != ucred.byteSize()) {
                throw new UnixException("getsockopt", Libc.EINVAL);
            }
            return new Connection(
                    new Descriptor(number),
                    new Credentials(
                            ucred.get(ValueLayout.JAVA_INT, 0), ucred.get(ValueLayout.JAVA_INT, 4)),
                    room);
        } catch (UnixException e) {
            Libc.close(number);
            throw e;
        }
    }

    public Credentials peer() {
        return peer;
    }

    /// Whether the other side still listens for an answer.
    public boolean isThere() {
        try {
            return (socket.now(Libc.POLLRDHUP) & (Libc.POLLHUP | Libc.POLLRDHUP)) == 0;
        } catch (UnixException e) {
            return false;
        }
    }

    /// Whether nothing was asked in whole, or all that was asked is answered.
    public boolean isIdle() {
        return owed.get() == 0;
    }

    /// Something was asked in whole: one answer will come.
    public void owe() {
        owed.incrementAndGet();
    }

    /// That answer is there, and need only be sent.
    public void settle() {
        owed.decrementAndGet();
    }

    /// Waits for the first octet of something; without limit.
    ///
    /// @return it, or -1 at the end
    public int read() throws IOException {
        leaveRoom();
        socket.await(Libc.POLLIN, Duration.ofMillis(Integer.MAX_VALUE));
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocate(1);
            return readSome(one) == 0 ? -1 : one.get(ValueLayout.JAVA_BYTE, 0) & 0xff;
        }
    }

    /// The next `size` octets, which are thought of as gone when this waits for the next first one.
    ///
    /// Only some connections at a time may have what is large: so a thousand that announce a large
    /// request and send none take no memory.
    ///
    /// @param limit for all of it
    public byte[] read(int size, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (size > PIECE && !hasRoom) {
            hasRoom = tryRoom();
            if (!hasRoom && (System.nanoTime() - end > 0 || !isThere())) {
                throw new IOException("others send large requests, and do not end");
            }
        }
        var octets = new byte[size];
        read(octets, 0, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        return octets;
    }

    private boolean tryRoom() throws IOException {
        try {
            return room.tryAcquire(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    private void leaveRoom() {
        if (hasRoom) {
            hasRoom = false;
            room.release();
        }
    }

    /// Fills `into` from `from` on.
    ///
    /// @param limit for all of it
    public void read(byte[] into, int from, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (var arena = Arena.ofConfined()) {
            var piece = arena.allocate(Math.clamp(into.length - from, 1, PIECE));
            for (int at = from; at < into.length; ) {
                await(Libc.POLLIN, end);
                int size = readSome(piece.asSlice(0, Math.min(into.length - at, piece.byteSize())));
                if (size == 0) {
                    throw new EOFException("the other side ended in the middle");
                }
                MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, at, size);
                at += size;
            }
        }
    }

    /// Writes all of `octets`.
    ///
    /// @param limit for all of it
    public void write(byte[] octets, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (var arena = Arena.ofConfined()) {
            var left = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
            while (left.byteSize() > 0) {
                await(Libc.POLLOUT, end);
                left = left.asSlice(Libc.send(socket.number(), left));
            }
        }
    }

    private void await(short events, long end) throws IOException {
        var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        if (socket.await(events, left) == 0) {
            throw new IOException("the other side is too slow");
        }
    }

    /// At least one octet; 0 at the end.
    private int readSome(MemorySegment into) throws UnixException {
        try {
            return Libc.read(socket.number(), into);
        } catch (UnixException e) {
            if (e.errno() == Libc.ECONNRESET) {
                return 0;
            }
            throw e;
        }
    }

    /// Makes whoever reads or writes here see the end.
    public void shut() {
        socket.shut();
    }

    @Override
    public void close() {
        leaveRoom();
        socket.close();
    }
}
