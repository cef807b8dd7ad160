package dev.custodian.agent.unix;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// What another program writes, read without any buffer in between that nobody wipes.
public final class Pipe implements AutoCloseable {
    private final Descriptor out;
    private final Descriptor in;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(4096);

    private Pipe(Descriptor out, Descriptor in) {
        this.out = out;
        this.in = in;
    }

    public static Pipe open() throws UnixException {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(8, 4);
            Libc.pipe(ends);
            return new Pipe(
                    new Descriptor(ends.get(ValueLayout.JAVA_INT, 0)),
                    new Descriptor(ends.get(ValueLayout.JAVA_INT, 4)));
        }
    }

    /// Where to let the other program write to.
    public File writeEnd() {
        return new File("/proc/self/fd/" + in.number());
    }

    /// To be called once the other program has its end: when it ends, this pipe does.
    public void closeWriteEnd() {
        in.close();
    }

    /// Reads what there is, at most `into.length` octets.
    ///
    /// @param limit longest wait
    /// @return how many; 0 when nothing came in time, -1 at the end
    public int read(byte[] into, Duration limit) throws UnixException {
        if (out.await(Libc.POLLIN, limit) == 0) {
            return 0;
        }
        var piece = buffer.asSlice(0, Math.min(into.length, buffer.byteSize()));
        try {
            int size = Libc.read(out.number(), piece);
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, 0, size);
            return size == 0 ? -1 : size;
        } finally {
            buffer.fill((byte) 0);
        }
    }

    @Override
    public void close() {
        in.close();
        out.close();
        arena.close();
    }
}
