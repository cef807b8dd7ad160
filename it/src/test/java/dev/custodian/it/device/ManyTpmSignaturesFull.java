package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 100,000 signatures over swtpm leave no object and no session in it, and no memory taken there or
/// here.
class ManyTpmSignaturesFull {
    private static final int SIGNATURES = 100_000;
    private static final int PARTS = 10;
    private static final int WITH_PIN = 4;
    private static final int MOST_MEGABYTES_OF_TPM = 8;
    private static final int MOST_MEGABYTES_OF_HEAP = 8;

    @Test
    void hundredThousandSignaturesLeaveNothingBehind(@TempDir Path folder) throws Exception {
        try (var swtpm = Swtpm.start(folder.resolve("tpm"));
                var tpm = new Tpm(swtpm.connect())) {
            var theirs = new ArrayList<Long>();
            var ours = new ArrayList<Long>();
            for (int part = 1; part <= PARTS; part++) {
                sign(tpm, SIGNATURES / PARTS);
                for (int first : new int[] {0x80000000, 0x02000000, 0x03000000}) {
                    assertThat(tpm.handles(first)).isEmpty();
                }
                theirs.add(megabytes(swtpm.pid()));
                ours.add(heap());
                // for docs/reference/evidence.md
                System.out.printf(
                        "%d signatures: swtpm %d MB, our heap %d MB%n",
                        part * (SIGNATURES / PARTS), theirs.getLast(), ours.getLast());
            }
            assertThat(theirs.getLast() - theirs.getFirst())
                    .as("MB of swtpm: %s", theirs)
                    .isLessThan(MOST_MEGABYTES_OF_TPM);
            assertThat(ours.getLast() - ours.getFirst())
                    .as("MB of our heap: %s", ours)
                    .isLessThan(MOST_MEGABYTES_OF_HEAP);
        }
    }

    /// Memory of a process that is its own.
    private static long megabytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .sum();
    }

    private static long heap() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() >> 20;
    }

    /// Loads a key anew for each signature; each fourth needs a PIN, and so a session.
    static void sign(Tpm tpm, int count) throws Exception {
        var digest = Hashes.sha256(Bytes.utf8("Dear Charles"));
        var made = new HashSet<Bytes>();
        try (var storage = TpmStorage.preferred(tpm, new SecureRandom());
                var pin = Secret.owning(new byte[] {'1', '2', '3', '4'})) {
            var free = storage.create(KeyAlgorithm.P256, null);
            var guarded = storage.create(KeyAlgorithm.P256, pin);
            for (int i = 0; i < count; i++) {
                boolean withPin = i % WITH_PIN == 0;
                try (var key = storage.load(withPin ? guarded : free)) {
                    made.add(key.sign(Scheme.ECDSA_SHA256, digest, withPin ? pin : null));
                }
            }
        }
        assertThat(made).hasSize(count);
    }
}
