package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 100,000 signatures over swtpm leave no object and no session in it.
class ManyTpmSignaturesFull {
    private static final int WITH_PIN = 4;

    @Test
    void hundredThousandSignaturesLeaveNothingBehind(@TempDir Path folder) throws Exception {
        try (var swtpm = Swtpm.start(folder.resolve("tpm"));
                var tpm = new Tpm(swtpm.connect())) {
            sign(tpm, 100_000);
            for (int first : new int[] {0x80000000, 0x02000000, 0x03000000}) {
                assertThat(tpm.handles(first)).isEmpty();
            }
        }
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
