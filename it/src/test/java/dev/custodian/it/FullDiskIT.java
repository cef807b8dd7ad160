package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server whose data folder is on a small disk of its own, which somebody fills.
class FullDiskIT {
    @TempDir Path folder;

    @Test
    void fullDiskRefusesLosesNothingAndServesAgainWhenThereIsRoom() throws Exception {
        var installation = Installation.in(folder);
        OwnerDevice owner;
        Id credential;
        try (var serving = installation.serve()) {
            owner = OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("device"));
            credential = installation.credentials(owner.owner(), "P-256").getFirst();
        }
        try (var serving = installation.serveOnSmallDisk("4m")) {
            sign(owner, credential, "before");
            var filler = serving.seenByIt(installation.data()).resolve("filler");
            fill(filler);
            var refusal =
                    Assertions.catchThrowableOfType(
                            Refused.class,
                            () -> {
                                for (int i = 0; i < 50; i++) {
                                    sign(owner, credential, "full " + i);
                                }
                            });
            assertThat(refusal).as("a refusal").isNotNull();
            assertThat(refusal.kind()).isEqualTo(FailureKind.STORAGE_FULL);
            assertThat(refusal.detail()).doesNotContain("Exception", "\n");
            Files.delete(filler);
            sign(owner, credential, "after");
            assertThat(serving.logged()).doesNotContain("\tat ");
        }
    }

    private static void sign(OwnerDevice owner, Id credential, String what) throws Refused {
        try (var session = owner.session()) {
            owner.sign(session, credential, OwnerDevice.PIN, Hashes.sha256(Bytes.utf8(what)));
        }
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[512]);
            }
        } catch (IOException e) {
            assertThat(file).as("no disk was filled: " + e).exists();
        }
    }
}
