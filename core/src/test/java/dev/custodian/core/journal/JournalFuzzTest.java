package dev.custodian.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/// Each decoder reads any octets or throws its one exception, and what it reads has no second form.
class JournalFuzzTest {

    @FuzzTest
    void recordsHaveOneForm(byte[] input) {
        var octets = Bytes.of(input);
        try {
            assertThat(JournalRecord.parse(octets).encode()).isEqualTo(octets);
        } catch (MalformedException _) {
            // A refusal is as good.
        }
    }

    @FuzzTest
    void notesHaveOneForm(byte[] input) {
        var octets = Bytes.of(input);
        try {
            assertThat(SignedNote.parse(octets).encode()).isEqualTo(octets);
        } catch (MalformedException _) {
            // A refusal is as good.
        }
    }

    @FuzzTest
    void checkpointsHaveOneForm(byte[] input) {
        try {
            var text = Bytes.of(input).utf8();
            assertThat(Checkpoint.parse(text).text()).isEqualTo(text);
        } catch (MalformedException _) {
            // A refusal is as good.
        }
    }

    @FuzzTest
    void verifierKeysHaveOneForm(byte[] input) {
        try {
            var text = Bytes.of(input).utf8();
            var key = VerifierKey.parse(text);
            assertThat(key.text()).isEqualTo(text);
            assertThatCode(() -> key.verifies(Bytes.EMPTY, Bytes.of(new byte[64])))
                    .doesNotThrowAnyException();
        } catch (MalformedException _) {
            // A refusal is as good.
        }
    }

    @FuzzTest
    void edgesHaveOneForm(byte[] input) {
        var octets = Bytes.of(input);
        try {
            assertThat(Edge.decode(octets).encode()).isEqualTo(octets);
        } catch (MalformedException _) {
            // A refusal is as good.
        }
    }

    /// No numbers and no proof make the checks throw or run long.
    @FuzzTest
    void proofsOnlyHoldOrFail(byte[] input) {
        var in = ByteBuffer.wrap(input);
        if (in.remaining() < 2 * Long.BYTES) {
            return;
        }
        var small = in.getLong();
        var size = in.getLong();
        var proof = new ArrayList<Bytes>();
        while (in.remaining() >= Merkle.HASH_SIZE) {
            var hash = new byte[Merkle.HASH_SIZE];
            in.get(hash);
            proof.add(Bytes.of(hash));
        }
        var included = Merkle.includes(small, Place.NO_RECORD, size, Place.NO_RECORD, proof);
        assertThat(included).isEqualTo(small == 0 && size == 1 && proof.isEmpty());
        var consistent = Merkle.consistent(small, Place.NO_RECORD, size, Place.NO_RECORD, proof);
        assertThat(consistent).isEqualTo(small > 0 && small == size && proof.isEmpty());
    }
}
