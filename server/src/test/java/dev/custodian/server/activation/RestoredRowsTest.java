package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.journal.JournalBrokenException.Reason;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.JournalVerification;
import dev.custodian.server.journal.Page;
import dev.custodian.server.store.SqliteStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody who can write the database puts older rows back, each of which was right once: a device
/// that was removed is there again. How much is put back decides who notices.
class RestoredRowsTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Rig.Agent lost;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        lost = rig.join(ada);
        assertThat(lost.authorize(lost.request(credential, digest("control"))).level())
                .isEqualTo(Level.BOUND);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void remove(Rig.Agent agent) throws Exception {
        rig.module.changes().change(ada.change(ChangeKind.REMOVE_DEVICE, agent.device.text(), ""));
    }

    private void changePin() throws Exception {
        rig.module.changes().change(ada.change(Rig.PIN, ChangeKind.PIN, "", "", Rig.PIN));
    }

    private Connection database() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("custodian.db"));
    }

    private void backUp() throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute("VACUUM INTO '" + folder.resolve("backup.db") + "'");
        }
    }

    /// Puts all rows of the tables back as they were.
    private void restore(String... tables) throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute("ATTACH '" + folder.resolve("backup.db") + "' AS backup");
            statement.execute("BEGIN IMMEDIATE");
            for (var table : tables) {
                statement.execute("DELETE FROM main." + table);
                statement.execute("INSERT INTO main." + table + " SELECT * FROM backup." + table);
            }
            statement.execute("COMMIT");
        }
    }

    private void refused(Rig.Agent agent, FailureKind kind) throws Exception {
        var request = agent.request(credential, digest("after"));
        assertThatThrownBy(() -> agent.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private void accepted(Rig.Agent agent) throws Exception {
        assertThat(agent.authorize(agent.request(credential, digest("after"))).level())
                .isEqualTo(Level.BOUND);
    }

    @Test
    void aRemovedDeviceIsRefused() throws Exception {
        remove(lost);
        refused(lost, FailureKind.NOT_AUTHENTICATED);
        accepted(ada);
    }

    /// The removal renewed K: what an older slot opens opens nothing.
    @Test
    void aRemovedDevicePutBackIsRefused() throws Exception {
        backUp();
        remove(lost);
        restore("device");
        refused(lost, FailureKind.FACTORS_REFUSED);
        refused(ada, FailureKind.FACTORS_REFUSED);
    }

    /// Its row with what it had, put among the others as they are now.
    @Test
    void aRemovedDevicesRowPutBackAloneIsRefused() throws Exception {
        backUp();
        remove(lost);
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute("ATTACH '" + folder.resolve("backup.db") + "' AS backup");
            statement.execute(
                    "REPLACE INTO main.device SELECT * FROM backup.device WHERE id = '"
                            + lost.device
                            + "'");
        }
        refused(lost, FailureKind.FACTORS_REFUSED);
        refused(ada, FailureKind.TAMPERED);
    }

    @Test
    void allRowsOfTheOwnerPutBackAreRefused() throws Exception {
        backUp();
        remove(lost);
        restore("owner", "device");
        refused(lost, FailureKind.TAMPERED);
        refused(ada, FailureKind.TAMPERED);
    }

    /// The server alone cannot tell that the end of the owner's chain was put back too: nothing
    /// that it would look at is newer. The journal itself still holds the removal, so that whoever
    /// verifies it finds this out, and so does a device at the next change.
    @Test
    void theEndOfTheChainPutBackTooIsNoticedByTheJournalsVerifierAndTheOtherDevices()
            throws Exception {
        backUp();
        remove(lost);
        var seen = ChainCheck.follow(ChainMemory.none(ada.owner), page(rig.journal, 0).records());
        assertThat(seen.seq()).isEqualTo(3);
        assertThat(JournalVerification.verify(rig.store, rig.checkpoints.verifier()).findings())
                .isEmpty();

        restore("owner", "device", "chain_head");
        accepted(lost);
        assertThat(JournalVerification.verify(rig.store, rig.checkpoints.verifier()).findings())
                .isNotEmpty();

        changePin();
        changePin();
        var shown = page(rig.journal, seen.seq()).records();
        assertThatThrownBy(() -> ChainCheck.follow(seen, shown))
                .isInstanceOfSatisfying(
                        JournalBrokenException.class,
                        broken -> assertThat(broken.reason()).isEqualTo(Reason.FORK));
    }

    /// The whole database put back is a server of last week: no server can tell. Each device can,
    /// at its next contact.
    @Test
    void aWholeOlderDatabaseIsNoticedByEveryDevice() throws Exception {
        backUp();
        remove(lost);
        var page = page(rig.journal, 0);
        var none = Checkpoint.start(rig.checkpoints.verifier().name());
        var seen = continues(none, page);
        ChainCheck.includes(
                seen, ChainCheck.follow(ChainMemory.none(ada.owner), page.records()), page.proof());

        try (var store = SqliteStore.open(folder.resolve("backup.db"));
                var older =
                        new Journal(
                                store,
                                rig.clock,
                                rig.random,
                                rig.checkpoints,
                                _ -> List.of(),
                                1,
                                "older")) {
            older.start();
            var answer = older.since(ada.owner, 3, 10, seen.size());
            assertThatThrownBy(() -> continues(seen, answer))
                    .isInstanceOfSatisfying(
                            JournalBrokenException.class,
                            broken ->
                                    assertThat(broken.reason()).isEqualTo(Reason.CHECKPOINT_OLDER));
        }
    }

    private Checkpoint continues(Checkpoint last, Page page) throws JournalBrokenException {
        return ChainCheck.continues(
                last, page.checkpoint(), rig.checkpoints.verifier(), page.consistency());
    }

    /// The owner's records after number `seq`, under a checkpoint that covers them.
    private Page page(Journal journal, long seq) throws Refused {
        rig.clock.pass(Duration.ofSeconds(1));
        return journal.since(ada.owner, seq, 10, 0);
    }
}
