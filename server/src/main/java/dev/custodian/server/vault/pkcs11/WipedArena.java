package dev.custodian.server.vault.pkcs11;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Memory of one call, zeros again before it is given back: a PIN or the value of a key may be in
/// it.
final class WipedArena implements Arena {
    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> given = new ArrayList<>();

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        var segment = arena.allocate(byteSize, byteAlignment);
        given.add(segment);
        return segment;
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    void wipe() {
        given.forEach(segment -> segment.fill((byte) 0));
    }

    @Override
    public void close() {
        wipe();
        arena.close();
    }
}
