package dev.custodian.server.vault.pkcs11;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Memory of one call, zeros again before it is given back: a PIN or the value of a key may be in
/// it. It is cut from few blocks, since the system's are dear.
final class WipedArena implements Arena {
    private static final long BLOCK = 2048;
    private static final long ALIGNMENT = 16;

    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> blocks = new ArrayList<>(2);
    private MemorySegment block = MemorySegment.NULL;
    private long used;

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        long from = (used + byteAlignment - 1) / byteAlignment * byteAlignment;
        if (from + byteSize > block.byteSize()) {
            block = arena.allocate(Math.max(BLOCK, byteSize), Math.max(ALIGNMENT, byteAlignment));
            blocks.add(block);
            from = 0;
        }
        used = from + byteSize;
        return block.asSlice(from, byteSize);
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    void wipe() {
        blocks.forEach(segment -> segment.fill((byte) 0));
    }

    @Override
    public void close() {
        wipe();
        arena.close();
    }
}
