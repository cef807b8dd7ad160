package dev.custodian.link.pipe;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// One end of a pipe that is connected. One thread reads and one writes at a time; any thread may
/// [#wake], [#shut] and [#close] it.
public final class Pipe implements AutoCloseable {
    private static final int PIECE = 64 << 10;

    /// How soon an interruption of the thread is noticed.
    private static final long SLICE_MILLIS = 100;

    private final long handle;
    private final boolean isServer;

    /// Events that belong to one read and one write.
    private final long reading;

    private final long writing;

    /// Event that ends the next wait for something to read, or the running one.
    private final long woken;

    /// Event that ends every wait.
    private final long shut;

    /// Calls that use the handles just now: the last one frees them when this is closed.
    private int calls;

    private boolean closed;

    /// @param events for reading, for writing, woken and shut
    private Pipe(long handle, boolean isServer, List<Long> events) {
        this.handle = handle;
        this.isServer = isServer;
        this.reading = events.get(0);
        this.writing = events.get(1);
        this.woken = events.get(2);
        this.shut = events.get(3);
    }

    static Pipe serving(long handle) throws WindowsException {
        return made(handle, true);
    }

    /// A handle that no pipe could be made of is closed.
    private static Pipe made(long handle, boolean isServer) throws WindowsException {
        var events = new ArrayList<Long>();
        try {
            for (boolean manual : new boolean[] {true, true, false, true}) {
                events.add(Windows.event(manual));
            }
            return new Pipe(handle, isServer, events);
        } catch (WindowsException e) {
            events.forEach(Windows::close);
            Windows.close(handle);
            throw e;
        }
    }

    /// What a read or a write works with.
    private static final class Memory implements AutoCloseable {
        final Arena arena = Arena.ofConfined();

        /// Whether the system may still write into it.
        boolean isKnown;

        /// Memory that the system knows stays: that happens when there is none left to wait with.
        @Override
        public void close() {
            if (!isKnown) {
                arena.close();
            }
        }
    }

    /// Connects, without letting the other end act in our name.
    ///
    /// @throws WindowsException [WindowsException#isMissing] or [WindowsException#isPassing] when
    ///   the same can work in a moment: the agent is between two of its instances
    public static Pipe connect(PipeName name) throws WindowsException {
        return made(PipeCalls.openPipe(name.text()), false);
    }

    /// The process at the other end.
    public int peer() throws IOException {
        enter();
        try {
            return isServer ? PipeCalls.client(handle) : PipeCalls.server(handle);
        } finally {
            leave();
        }
    }

    /// Whose the pipe is, as text of a security identifier: the user who made it first.
    public String owner() throws IOException {
        enter();
        try {
            return ProcessCalls.owner(handle);
        } finally {
            leave();
        }
    }

    /// Whether the other end is still open.
    public boolean isThere() {
        if (!tryEnter()) {
            return false;
        }
        try {
            return PipeCalls.peek(handle);
        } finally {
            leave();
        }
    }

    /// Reads what there is, at least one octet and at most `size`.
    ///
    /// @param size at least 1: Windows waits for the other end even to read nothing
    /// @param millis longest wait
    /// @return how many; 0 when nothing came in time or somebody woke us, -1 at the end
    public int read(byte[] into, int from, int size, long millis)
            throws IOException, InterruptedException {
        if (size < 1) {
            throw new IllegalArgumentException("a read of " + size + " octets");
        }
        if (!tryEnter()) {
            return -1;
        }
        try (var memory = new Memory()) {
            var piece = memory.arena.allocate(Math.min(size, PIECE));
            var overlapped = PipeCalls.overlapped(memory.arena, reading);
            int begun = PipeCalls.read(handle, piece, overlapped);
            int read = end(memory, overlapped, begun, millis, reading, shut, woken);
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, from, Math.max(read, 0));
            return read;
        } finally {
            leave();
        }
    }

    /// Writes all of it.
    ///
    /// @param millis longest wait
    public void write(byte[] octets, long millis)
            throws IOException, TimeoutException, InterruptedException {
        enter();
        long until = System.nanoTime() + millis * 1_000_000;
        try (var memory = new Memory()) {
            var piece = memory.arena.allocate(Math.clamp(octets.length, 1, PIECE));
            for (int at = 0; at < octets.length; ) {
                var next = piece.asSlice(0, Math.min(octets.length - at, PIECE));
                MemorySegment.copy(
                        octets, at, next, ValueLayout.JAVA_BYTE, 0, (int) next.byteSize());
                var overlapped = PipeCalls.overlapped(memory.arena, writing);
                int begun = PipeCalls.write(handle, next, overlapped);
                long left = Math.max(0, (until - System.nanoTime()) / 1_000_000);
                int written = end(memory, overlapped, begun, left, writing, shut);
                if (written < 0) {
                    throw new EOFException("the other end is closed");
                }
                if (written == 0) {
                    throw new TimeoutException();
                }
                at += written;
            }
        } finally {
            leave();
        }
    }

    /// Ends what was begun: well, or because its time is over. Afterwards the system knows its
    /// memory no more.
    ///
    /// @param events the first says that it has ended
    /// @return octets that went; 0 for none, -1 at the end
    private int end(Memory memory, MemorySegment overlapped, int begun, long millis, long... events)
            throws WindowsException, InterruptedException {
        if (begun != 0 && begun != Windows.ERROR_IO_PENDING) {
            return ended(begun);
        }
        memory.isKnown = true;
        var octets = memory.arena.allocate(ValueLayout.JAVA_INT);
        boolean interrupted = false;
        if (begun != 0) {
            interrupted = !await(millis, events);
        }
        if (begun != 0 && Windows.await(0, events[0]) != Windows.WAIT_OBJECT_0) {
            PipeCalls.cancel(handle, overlapped);
        }
        int error = PipeCalls.end(handle, overlapped, octets);
        memory.isKnown = false;
        int moved = octets.get(ValueLayout.JAVA_INT, 0);
        if (interrupted && moved == 0) {
            throw new InterruptedException();
        }
        if (error == Windows.ERROR_OPERATION_ABORTED) {
            return moved > 0 ? moved : isShut() ? -1 : 0;
        }
        return error == 0 ? moved : ended(error);
    }

    /// @return false when the thread was interrupted
    private static boolean await(long millis, long... events) throws WindowsException {
        long until = System.nanoTime() + millis * 1_000_000;
        while (!Thread.currentThread().isInterrupted()) {
            long left = Math.max(0, (until - System.nanoTime() + 999_999) / 1_000_000);
            int first = Windows.await((int) Math.min(left, SLICE_MILLIS), events);
            if (first != Windows.WAIT_TIMEOUT || left == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isShut() throws WindowsException {
        return Windows.await(0, shut) == Windows.WAIT_OBJECT_0;
    }

    private static int ended(int error) throws WindowsException {
        return switch (error) {
            case Windows.ERROR_BROKEN_PIPE,
                    Windows.ERROR_NO_DATA,
                    Windows.ERROR_PIPE_NOT_CONNECTED ->
                    -1;
            default -> throw new WindowsException("ReadFile or WriteFile", error);
        };
    }

    /// Ends the next wait for something to read, or the running one.
    public void wake() {
        if (tryEnter()) {
            Windows.set(woken);
            leave();
        }
    }

    /// Ends the conversation: whoever waits here or at the other end sees the end.
    public void shut() {
        if (tryEnter()) {
            Windows.set(shut);
            if (isServer) {
                PipeCalls.disconnect(handle);
            }
            leave();
        }
    }

    private void enter() throws EOFException {
        if (!tryEnter()) {
            throw new EOFException("this end is closed");
        }
    }

    private synchronized boolean tryEnter() {
        if (closed) {
            return false;
        }
        calls++;
        return true;
    }

    private synchronized void leave() {
        calls--;
        freeIfUnused();
    }

    private void freeIfUnused() {
        if (closed && calls == 0) {
            for (long one : new long[] {handle, reading, writing, woken, shut}) {
                Windows.close(one);
            }
        }
    }

    /// What was written can still be read at the other end.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Windows.set(shut);
            freeIfUnused();
        }
    }
}
