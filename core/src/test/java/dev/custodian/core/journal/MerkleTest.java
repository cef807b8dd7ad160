package dev.custodian.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MerkleTest {
    private static final int SIZES = 64;

    private static final List<Bytes> LEAVES =
            IntStream.range(0, SIZES).mapToObj(i -> Merkle.leaf(Bytes.of((byte) i))).toList();

    private static final List<Bytes> ROOTS =
            IntStream.rangeClosed(0, SIZES).mapToObj(n -> naiveRoot(LEAVES.subList(0, n))).toList();

    /// RFC 6962 §2.1 as it is written, to compare with.
    private static Bytes naiveRoot(List<Bytes> leaves) {
        return switch (leaves.size()) {
            case 0 -> Merkle.EMPTY_ROOT;
            case 1 -> leaves.getFirst();
            default -> {
                int k = naiveSplit(leaves.size());
                yield Merkle.node(
                        naiveRoot(leaves.subList(0, k)),
                        naiveRoot(leaves.subList(k, leaves.size())));
            }
        };
    }

    /// RFC 6962 §2.1.1, `PATH(m, D[n])`.
    private static List<Bytes> naivePath(int m, List<Bytes> leaves) {
        int n = leaves.size();
        if (n == 1) {
            return List.of();
        }
        int k = naiveSplit(n);
        return m < k
                ? plus(naivePath(m, leaves.subList(0, k)), naiveRoot(leaves.subList(k, n)))
                : plus(naivePath(m - k, leaves.subList(k, n)), naiveRoot(leaves.subList(0, k)));
    }

    /// RFC 6962 §2.1.2, `SUBPROOF(m, D[n], b)`.
    private static List<Bytes> naiveSubproof(int m, List<Bytes> leaves, boolean b) {
        int n = leaves.size();
        if (m == n) {
            return b ? List.of() : List.of(naiveRoot(leaves));
        }
        int k = naiveSplit(n);
        return m <= k
                ? plus(naiveSubproof(m, leaves.subList(0, k), b), naiveRoot(leaves.subList(k, n)))
                : plus(
                        naiveSubproof(m - k, leaves.subList(k, n), false),
                        naiveRoot(leaves.subList(0, k)));
    }

    private static int naiveSplit(int n) {
        int k = 1;
        while (2 * k < n) {
            k *= 2;
        }
        return k;
    }

    private static List<Bytes> plus(List<Bytes> hashes, Bytes last) {
        var all = new ArrayList<>(hashes);
        all.add(last);
        return all;
    }

    /// Reads only complete subtrees of the first `size` leaves, as a store could.
    private static HashReader<RuntimeException> reader(int size) {
        return (level, index) -> {
            var from = Math.toIntExact(index << level);
            var to = Math.toIntExact((index + 1) << level);
            assertThat(to).as("a node that lies whole in the tree").isLessThanOrEqualTo(size);
            return naiveRoot(LEAVES.subList(from, to));
        };
    }

    @Test
    void rootsAreThoseOfRfc6962() {
        for (int n = 0; n <= SIZES; n++) {
            var expected = ROOTS.get(n);
            assertThat(Merkle.root(n, reader(n))).isEqualTo(expected);
            assertThat(Merkle.root(LEAVES.subList(0, n))).isEqualTo(expected);
        }
    }

    @Test
    void everyInclusionProofIsThatOfRfc6962AndHoldsOnlyWhereItBelongs() {
        for (int n = 1; n <= SIZES; n++) {
            var root = ROOTS.get(n);
            for (int m = 0; m < n; m++) {
                var proof = Merkle.inclusionProof(m, n, reader(n));
                assertThat(proof).isEqualTo(naivePath(m, LEAVES.subList(0, n)));
                for (int other = 0; other < n; other++) {
                    assertThat(Merkle.includes(other, LEAVES.get(m), n, root, proof))
                            .isEqualTo(other == m);
                    assertThat(Merkle.includes(m, LEAVES.get(other), n, root, proof))
                            .isEqualTo(other == m);
                }
            }
        }
    }

    @Test
    void everyConsistencyProofIsThatOfRfc6962AndHoldsOnlyWhereItBelongs() {
        for (int n = 0; n <= SIZES; n++) {
            var root = ROOTS.get(n);
            for (int m = 0; m <= n; m++) {
                var oldRoot = ROOTS.get(m);
                var proof = Merkle.consistencyProof(m, n, reader(n));
                if (m > 0) {
                    assertThat(proof).isEqualTo(naiveSubproof(m, LEAVES.subList(0, n), true));
                }
                for (int other = 0; other <= n; other++) {
                    var otherRoot = ROOTS.get(other);
                    var sound = other == m;
                    assertThat(Merkle.consistent(m, otherRoot, n, root, proof)).isEqualTo(sound);
                }
                assertThat(Merkle.consistent(m, oldRoot, n, LEAVES.getLast(), proof))
                        .isEqualTo(m == 0);
            }
        }
    }

    @Test
    void noProofWithOneHashChangedDroppedAddedOrMovedIsAccepted() {
        for (int n = 1; n <= 20; n++) {
            var size = n;
            var root = ROOTS.get(n);
            for (int m = 0; m < n; m++) {
                var index = m;
                for (var broken : broken(Merkle.inclusionProof(m, n, reader(n)))) {
                    assertThat(Merkle.includes(index, LEAVES.get(index), size, root, broken))
                            .isFalse();
                }
                if (m > 0) {
                    var oldRoot = ROOTS.get(m);
                    for (var broken : broken(Merkle.consistencyProof(m, n, reader(n)))) {
                        assertThat(Merkle.consistent(index, oldRoot, size, root, broken)).isFalse();
                    }
                }
            }
        }
    }

    private static List<List<Bytes>> broken(List<Bytes> proof) {
        var all = new ArrayList<List<Bytes>>();
        all.add(plus(proof, LEAVES.getFirst()));
        all.add(plus(proof, Bytes.EMPTY));
        all.add(Collections.nCopies(Merkle.MAX_PROOF + 1, LEAVES.getFirst()));
        for (int i = 0; i < proof.size(); i++) {
            var changed = new ArrayList<>(proof);
            changed.set(i, LEAVES.getLast());
            all.add(changed);
            var cut = new ArrayList<>(proof);
            cut.set(i, proof.get(i).slice(0, 31));
            all.add(cut);
            var dropped = new ArrayList<>(proof);
            dropped.remove(i);
            all.add(dropped);
            if (i > 0) {
                var moved = new ArrayList<>(proof);
                Collections.swap(moved, 0, i);
                all.add(moved);
            }
        }
        return all;
    }

    @Test
    void impossibleNumbersProveNothing() {
        var root = LEAVES.getFirst();
        assertThat(Merkle.includes(-1, root, 1, root, List.of())).isFalse();
        assertThat(Merkle.includes(1, root, 1, root, List.of())).isFalse();
        assertThat(Merkle.includes(0, root, 0, root, List.of())).isFalse();
        assertThat(Merkle.includes(0, root, -1, root, List.of())).isFalse();
        assertThat(Merkle.includes(0, root, Long.MAX_VALUE, root, List.of())).isFalse();
        assertThat(Merkle.consistent(-1, root, 1, root, List.of())).isFalse();
        assertThat(Merkle.consistent(2, root, 1, root, List.of())).isFalse();
        assertThat(Merkle.consistent(1, root, Long.MAX_VALUE, root, List.of())).isFalse();
        assertThat(Merkle.consistent(0, root, 1, root, List.of())).isFalse();
    }

    @Test
    void proofsBeyondTheTreeAreRefused() {
        assertThatThrownBy(() -> Merkle.inclusionProof(5, 5, reader(5)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Merkle.consistencyProof(6, 5, reader(5)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void edgeGrowsToTheSameRootsAndSurvivesItsEncoding() throws MalformedException {
        var edge = Edge.EMPTY;
        for (int n = 0; n < SIZES; n++) {
            assertThat(edge.root()).isEqualTo(ROOTS.get(n));
            assertThat(Edge.decode(edge.encode())).isEqualTo(edge);
            edge = edge.append(LEAVES.get(n));
            assertThat(edge.size()).isEqualTo(n + 1);
        }
        assertThat(edge.root()).isEqualTo(ROOTS.getLast());
        assertThat(edge.nodes()).hasSize(1);
    }

    @Test
    void edgeOfAnotherLengthThanItsSizeAsksForIsRefused() {
        var edge = Edge.EMPTY.append(LEAVES.get(0)).append(LEAVES.get(1)).append(LEAVES.get(2));
        var encoded = edge.encode();
        for (int length = 0; length < encoded.size(); length++) {
            var cut = encoded.slice(0, length);
            assertThatThrownBy(() -> Edge.decode(cut)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> Edge.decode(Bytes.concat(encoded, Bytes.of((byte) 0))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Edge.decode(Bytes.u64(-1))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Edge.decode(Bytes.u64(Long.MAX_VALUE)))
                .isInstanceOf(MalformedException.class);
    }
}
