package dev.custodian.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Edge;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proofs from tiles and records, checked by `core.journal`.
class TreeTest {
    @TempDir Path folder;
    private JournalFixture fixture;
    private Ledger ledger;
    private final List<Edge> edges = new ArrayList<>(List.of(Edge.EMPTY));

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        ledger =
                new Ledger(
                        new SecureRandom(),
                        new Checkpoints(fixture.store, fixture.key, System::nanoTime));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /// Appends records of the server, and remembers the edge after each.
    private void append(int count) throws Refused {
        var drafts =
                Collections.<Draft>nCopies(
                        count,
                        new Draft.Unchained(
                                time ->
                                        new ServerChange(
                                                time, "what", "subject", "by", new TreeMap<>()),
                                Draft.UNHEARD));
        try (var tx = fixture.store.begin()) {
            ledger.write(tx, fixture.clock.instant(), drafts);
            tx.commit();
        }
        try (var reader = fixture.store.read()) {
            int known = edges.size() - 1;
            for (var leaf : Tiles.leafHashes(reader, known, known + count)) {
                edges.add(edges.getLast().append(leaf));
            }
            assertThat(reader.head().edge()).isEqualTo(edges.getLast().encode());
        }
    }

    private Bytes root(long size) {
        return edges.get(Math.toIntExact(size)).root();
    }

    private void checkProofs(long size, long... positions) throws Refused {
        try (var reader = fixture.store.read()) {
            var hashes = new TreeHashes().of(reader);
            assertThat(Merkle.root(size, hashes)).isEqualTo(root(size));
            for (long at : positions) {
                if (at < size) {
                    var leaf = Tiles.leafHashes(reader, at, at + 1).getFirst();
                    var proof = Merkle.inclusionProof(at, size, hashes);
                    assertThat(Merkle.includes(at, leaf, size, root(size), proof)).isTrue();
                    if (size > 1) {
                        assertThat(Merkle.includes(at, leaf, size, root(size - 1), proof))
                                .isFalse();
                    }
                }
                if (at <= size) {
                    var proof = Merkle.consistencyProof(at, size, hashes);
                    assertThat(Merkle.consistent(at, root(at), size, root(size), proof)).isTrue();
                }
            }
        }
    }

    @Test
    void everySmallTreeProvesEveryRecordAndEveryOlderSize() throws Refused {
        for (int size = 1; size <= 40; size++) {
            append(1);
            checkProofs(size, LongStream.rangeClosed(0, size).toArray());
        }
    }

    @Test
    void treesOfOlderSizesAreProvedLater() throws Refused {
        append(700);
        for (long size = 1; size <= 700; size += 13) {
            checkProofs(size, 0, 1, size / 2, size - 1, 255, 256, 257, 511, 512);
        }
    }

    @Test
    void batchesOfAnySizeMakeTheSameTiles() throws Refused {
        for (int batch : new int[] {255, 1, 1, 254, 3, 600, 256, 512, 7}) {
            append(batch);
        }
        int size = edges.size() - 1;
        checkProofs(size, 0, 254, 255, 256, 510, 511, 512, 1110, size - 1);
        try (var reader = fixture.store.read()) {
            assertThat(Tiles.read(reader, 0, size / 256 - 1)).hasSize(256);
            assertThat(Tiles.read(reader, 0, size / 256)).isEmpty();
            assertThat(Tiles.read(reader, 1, 0)).hasSize(size / 256);
        }
    }

    @Tag("slow")
    @Test
    void treeGrowsIntoTheSecondLevel() throws Refused {
        append(65_500);
        append(100);
        for (long size : new long[] {65_279, 65_535, 65_536, 65_537, 65_600}) {
            checkProofs(size, 0, 255, 256, 40_000, 65_278, 65_535, 65_536, size - 1);
        }
        try (var reader = fixture.store.read()) {
            assertThat(Tiles.read(reader, 1, 0)).hasSize(256);
            assertThat(Tiles.read(reader, 2, 0)).hasSize(1);
        }
    }

    @Test
    void hashesThatAreKeptStayTrueWhileTheTreeGrows() throws Refused {
        var kept = new TreeHashes();
        for (int batch = 1; batch < 60; batch++) {
            append(batch);
            int size = edges.size() - 1;
            try (var reader = fixture.store.read()) {
                assertThat(Merkle.root(size, kept.of(reader))).isEqualTo(root(size));
            }
        }
    }

    @Test
    void recordsCommitToTheirSalts() throws Refused {
        append(2);
        try (var reader = fixture.store.read()) {
            var records = reader.records(0, 2);
            assertThat(records.get(0).record()).isEqualTo(records.get(1).record());
            assertThat(records.get(0).salt()).isNotEqualTo(records.get(1).salt());
            assertThat(records.get(0).salt()).isNotEqualTo(Samples.hash("anything"));
        }
    }
}
