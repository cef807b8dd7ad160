package dev.custodian.server.vault.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WipedArenaTest {
    /// Of every size and alignment, some larger than a block.
    private static List<MemorySegment> pieces(WipedArena arena) {
        var pieces = new ArrayList<MemorySegment>();
        for (long size : new long[] {1, 8, 3, 16, 500, 1, 1600, 2048, 5000, 7, 8, 24}) {
            for (long alignment : new long[] {1, 2, 4, 8, 16}) {
                var piece = arena.allocate(size, alignment);
                assertThat(piece.byteSize()).isEqualTo(size);
                assertThat(piece.address() % alignment).as("alignment").isZero();
                pieces.add(piece);
            }
        }
        return pieces;
    }

    @Test
    void piecesAreAlignedAndApartAndNoneIsOutside() {
        try (var arena = new WipedArena()) {
            var pieces = pieces(arena);
            for (int i = 0; i < pieces.size(); i++) {
                pieces.get(i).fill((byte) (i + 1));
            }
            for (int i = 0; i < pieces.size(); i++) {
                var octets = pieces.get(i).toArray(ValueLayout.JAVA_BYTE);
                assertThat(octets).containsOnly(i + 1);
            }
        }
    }

    @Test
    void blockIsFilledToItsEnd() {
        try (var arena = new WipedArena()) {
            var first = arena.allocate(1000, 1);
            var second = arena.allocate(8, 8);
            var last = arena.allocate(1040, 8);
            assertThat(second.address() - first.address()).isEqualTo(1000);
            assertThat(last.address() - first.address()).isEqualTo(1008);
        }
    }

    @Test
    void everyPieceIsWipedAndNoneCanBeReadAfterTheEnd() {
        var arena = new WipedArena();
        var pieces = pieces(arena);
        pieces.forEach(piece -> piece.fill((byte) 0x5a));
        arena.wipe();
        for (var piece : pieces) {
            assertThat(piece.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
        arena.close();
        assertThat(pieces).noneMatch(piece -> piece.scope().isAlive());
    }
}
