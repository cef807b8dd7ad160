package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.ask;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.PepperRow;
import dev.custodian.server.store.Samples;
import dev.custodian.server.store.SmallDisk;
import dev.custodian.server.store.Tx;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full and a store that lies.
class JournalFaultTest {
    private static final Bytes ONE = Samples.hash("one");

    @TempDir Path folder;
    private JournalFixture fixture;
    private FaultyStore store;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        store = new FaultyStore(fixture.store);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void nothingIsSignedWhenTheCommitFails() throws Exception {
        var journal = fixture.journal("a", store, fixture.signer);
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        store.commits(FaultyStore.Commit.FAIL);
        assertRefused(FailureKind.STORAGE_FULL, () -> journal.use(ask(authorization, ONE)));
        assertThat(fixture.signer.signings()).isZero();
        store.commits(FaultyStore.Commit.WORK);
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
        assertThat(fixture.records(Use.class)).hasSize(1);
    }

    @Test
    void commitThatDoesNothingIsCaughtByTheSigner() throws Exception {
        var journal = fixture.journal("a", store, fixture.signer);
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        store.commits(FaultyStore.Commit.DO_NOTHING);
        assertRefused(FailureKind.VAULT_FAILED, () -> journal.use(ask(authorization, ONE)));
        assertThat(fixture.signer.signings()).isZero();
        store.commits(FaultyStore.Commit.WORK);
    }

    @Test
    void outcomeThatCannotBeWrittenIsKeptUntilItCan() throws Exception {
        var journal = fixture.journal("a", store, fixture.signer);
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var gate = fixture.signer.block();
        var call = new Calls().start(() -> journal.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        store.commits(FaultyStore.Commit.FAIL);
        gate.countDown();
        var signatures = call.get();
        assertRefused(FailureKind.STORAGE_FULL, () -> journal.write((_, _) -> true));
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Used.class);
        store.commits(FaultyStore.Commit.WORK);
        assertThat(journal.use(ask(authorization, ONE))).isEqualTo(signatures);
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(fixture.records(Outcome.class)).hasSize(1);
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Test
    void outcomeThatCanNeverBeWrittenTakesNoOtherWithIt() throws Exception {
        var journal = fixture.journal("a", store, fixture.signer);
        var two = Samples.hash("two");
        var three = Samples.hash("three");
        var spoilt = fixture.authorize(journal, Samples.digest("one"), Samples.digest("two"));
        var good = fixture.authorize(journal, Samples.digest("three"));
        var gate = fixture.signer.block();
        var calls = new Calls();
        var first = calls.start(() -> journal.use(ask(spoilt, ONE, two)));
        var second = calls.start(() -> journal.use(ask(good, three)));
        fixture.awaitState(DigestRow.Used.class, spoilt, two);
        fixture.awaitState(DigestRow.Used.class, good, three);
        store.commits(FaultyStore.Commit.FAIL);
        gate.countDown();
        assertThat(first.get()).hasSize(2);
        assertThat(second.get()).hasSize(1);
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + fixture.file);
                var free =
                        connection.prepareStatement(
                                "UPDATE digest SET state = 0 WHERE value = ?")) {
            free.setBytes(1, ONE.toArray());
            assertThat(free.executeUpdate()).isEqualTo(1);
        }
        store.commits(FaultyStore.Commit.WORK);
        fixture.awaitState(DigestRow.Signed.class, good, three);
        boolean serves = journal.write((_, _) -> true);
        assertThat(serves).isTrue();
        assertThat(fixture.state(spoilt, two))
                .as("half of a use is never closed")
                .isInstanceOf(DigestRow.Used.class);
        assertThat(fixture.records(Outcome.class)).hasSize(1);
    }

    @Test
    void fullDiskLosesNothingAndIsServedAgain() throws Exception {
        try (var disk = new SmallDisk(fixture.file)) {
            var journal = fixture.journal("a", disk, fixture.signer);
            var authorization = fixture.authorize(journal, Samples.digest("one"));
            disk.limit(1);
            assertRefused(
                    FailureKind.STORAGE_FULL, () -> journal.write((tx, _) -> insertLarge(tx, 1)));
            var before = fixture.records().size();
            disk.limit(1_000_000);
            await().ignoreExceptionsInstanceOf(Refused.class)
                    .until(() -> journal.write((tx, _) -> insertLarge(tx, 1)));
            assertThat(fixture.records()).hasSize(before);
            assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
            journal.close();
        }
    }

    private static boolean insertLarge(Tx tx, long number) throws Refused {
        tx.insertPepper(new PepperRow(number, Bytes.of(new byte[100_000]), Samples.NOW));
        return true;
    }
}
