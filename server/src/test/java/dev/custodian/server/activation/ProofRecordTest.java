package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Hashes;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.server.trust.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the journal says of a proof: enough to find every device that rested on a root which is
/// withdrawn later.
class ProofRecordTest {
    @TempDir Path folder;

    @Test
    void recordNamesTheDeviceItsKeyAndTheRoot() throws Exception {
        var maker = TestAuthority.root("maker");
        var card = maker.below("card");
        try (var rig = new Rig(folder)) {
            var ada = rig.enrol();
            TestAuthority.write(folder.resolve("piv"), maker.trusted());
            rig.clock.pass(Duration.ofSeconds(30));
            rig.module
                    .proving()
                    .show(ada.caller(), card.states(ada.key.getPublic(), 12_345_678), card.der());
            ServerChange change;
            try (var reader = rig.store.read()) {
                long last = reader.head().size() - 1;
                var row = reader.records(last, last + 1).getFirst();
                change = (ServerChange) JournalRecord.parse(row.record());
            }
            assertThat(change.what()).isEqualTo("prove-device");
            assertThat(change.subject()).isEqualTo(ada.device.text());
            assertThat(change.details())
                    .containsEntry("proof", "piv")
                    .containsEntry("root", Hashes.sha256(maker.spki()).hex())
                    .doesNotContainValue(Hashes.sha256(card.spki()).hex());
        }
    }
}
