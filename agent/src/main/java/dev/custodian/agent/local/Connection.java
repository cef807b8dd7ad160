package dev.custodian.agent.local;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One connection of a program. Read and closed by one thread, written by one at a time and not
/// after it is closed; any other may [#shut] it.
public final class Connection implements AutoCloseable {
    /// Octets of a request that is not large yet.
    private static final int LARGE = 64 << 10;

    private static final long SLICE_MILLIS = 100;
    private static final Duration NO_LIMIT = Duration.ofMillis(Integer.MAX_VALUE);

    private final Stream stream;
    private final AtomicInteger owed = new AtomicInteger();

    /// For what is [#LARGE], until the next is waited for.
    private final Semaphore room;

    private boolean hasRoom;

    /// @param room one permit for each connection of a listener that may have a large request at a
    ///   time
    public Connection(Stream stream, Semaphore room) {
        this.stream = stream;
        this.room = room;
    }

    /// Room for the large requests of all connections of a listener.
    public static Semaphore room() {
        return new Semaphore(4, true);
    }

    public Credentials peer() {
        return stream.peer();
    }

    /// Whether the other side still listens for an answer.
    public boolean isThere() {
        return stream.isThere();
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
        var one = new byte[1];
        while (true) {
            int size = stream.read(one, 0, 1, NO_LIMIT);
            if (size != 0) {
                return size < 0 ? -1 : one[0] & 0xff;
            }
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
        while (size > LARGE && !hasRoom) {
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
        for (int at = from; at < into.length; ) {
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            int size = stream.read(into, at, into.length - at, left);
            if (size < 0) {
                throw new EOFException("the other side ended in the middle");
            }
            if (size == 0) {
                throw tooSlow();
            }
            at += size;
        }
    }

    /// Writes all of `octets`.
    ///
    /// @param limit for all of it
    public void write(byte[] octets, Duration limit) throws IOException {
        if (!stream.write(octets, limit)) {
            throw tooSlow();
        }
    }

    private static IOException tooSlow() {
        return new IOException("the other side is too slow");
    }

    /// Makes whoever reads or writes here see the end.
    public void shut() {
        stream.shut();
    }

    @Override
    public void close() {
        leaveRoom();
        stream.close();
    }
}
