package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.NO_GUARD;
import static dev.custodian.server.journal.JournalFixture.ask;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.PepperRow;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Authorizations, creations and other work.
class JournalWorkTest {
    @TempDir Path folder;
    private JournalFixture fixture;
    private Journal journal;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        journal = fixture.journal("a");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static NewChange change(String what, @Nullable Bytes intent) {
        return new NewChange(
                Samples.owner(1), what, "subject", "operator", intent, Map.of("policy", "abc"));
    }

    private static PepperRow pepper(long number) {
        return new PepperRow(number, Bytes.utf8("wrapped"), Samples.NOW);
    }

    @Test
    void approvalKeepsItsEvidence() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        var row = journal.authorize(wanted, NO_GUARD);
        assertThat(row.intent()).isEqualTo(wanted.intent());
        assertThat(row.opening()).isEqualTo(wanted.opening());
        var approval = fixture.records(Approval.class).getFirst();
        assertThat(approval.intent()).isEqualTo(wanted.intent());
        assertThat(approval.evidence()).isEqualTo(Hashes.sha256(wanted.evidence()));
        assertThat(approval.shown()).isEqualTo(wanted.shown());
        assertThat(approval.level()).isEqualTo(wanted.level());
        assertThat(approval.sender()).isEqualTo(wanted.sender());
        try (var reader = fixture.store.read()) {
            assertThat(reader.evidence(row.approval())).isEqualTo(wanted.evidence());
        }
    }

    @Test
    void sameIntentAgainIsTheSameAuthorizationUntilItEnds() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        var row = journal.authorize(wanted, NO_GUARD);
        assertThat(journal.authorize(wanted, NO_GUARD)).isEqualTo(row);
        journal.use(ask(row, Samples.hash("one")));
        assertThat(journal.authorize(wanted, NO_GUARD).number()).isEqualTo(row.number());
        fixture.clock.move(Duration.ofMinutes(5));
        assertRefused(FailureKind.INTENT_EXPIRED, () -> journal.authorize(wanted, NO_GUARD));
        assertThat(fixture.records(Approval.class)).hasSize(1);
    }

    @Test
    void intentCountsOnceHoweverFarTheClockJumpsAndBack() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        var row = journal.authorize(wanted, NO_GUARD);
        fixture.clock.move(Duration.ofHours(25));
        await().until(() -> isForgotten(row));
        fixture.clock.move(Duration.ofHours(-25));
        assertRefused(FailureKind.INTENT_EXPIRED, () -> journal.authorize(wanted, NO_GUARD));
        journal.authorize(fixture.wanted("another", List.of(Samples.digest("one"))), NO_GUARD);
        assertThat(fixture.records(Approval.class)).hasSize(2);
    }

    private boolean isForgotten(AuthorizationRow row) throws Exception {
        try (var reader = fixture.store.read()) {
            return reader.authorization(row.number()) == null;
        }
    }

    @Test
    void changeThatAnIntentApprovedIsNotMadeTwice() throws Exception {
        var change = change("renamed", Samples.hash("intent"));
        var jws = Bytes.utf8("jws");
        long first = journal.write((_, changes) -> changes.append(change, jws));
        assertRefused(
                FailureKind.INTENT_EXPIRED,
                () -> journal.write((_, changes) -> changes.append(change, jws)));
        var another = change("renamed", Samples.hash("another"));
        long second = journal.write((_, changes) -> changes.append(another, jws));
        assertThat(List.of(first, second)).containsExactly(1L, 2L);
        assertThat(fixture.records()).hasSize(2);
    }

    @Test
    void sameIntentFromAnotherSenderOrForAnotherCredentialIsRefused() throws Exception {
        var first = fixture.wanted("intent", List.of(Samples.digest("one")));
        journal.authorize(first, NO_GUARD);
        var thief = as(first, first.credential(), Samples.device(2).text());
        assertRefused(FailureKind.INTENT_MISMATCH, () -> journal.authorize(thief, NO_GUARD));
        var other = as(first, Samples.credential(2), first.sender());
        assertRefused(FailureKind.INTENT_MISMATCH, () -> journal.authorize(other, NO_GUARD));
        assertThat(fixture.records(Approval.class)).hasSize(1);
    }

    private static NewAuthorization as(NewAuthorization first, Id credential, String sender) {
        return new NewAuthorization(
                first.id(),
                first.intent(),
                first.sad(),
                first.owner(),
                credential,
                sender,
                first.level(),
                first.factors(),
                first.shown(),
                first.evidence(),
                first.expires(),
                first.digests(),
                first.opening());
    }

    @Test
    void guardRefusesInTheSameTransaction() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        assertRefused(
                FailureKind.DEVICE_LOCKED,
                () ->
                        journal.authorize(
                                wanted,
                                tx -> {
                                    if (tx.device(Samples.device(1)) == null) {
                                        throw new Refused(FailureKind.DEVICE_LOCKED);
                                    }
                                }));
        assertThat(fixture.records()).isEmpty();
        journal.authorize(wanted, tx -> tx.insertPepper(pepper(1)));
        try (var reader = fixture.store.read()) {
            assertThat(reader.pepper(1)).isNotNull();
        }
    }

    @Test
    void workAppendsChangesAndLearnsTheirNumbers() throws Exception {
        var numbers =
                journal.write(
                        (tx, changes) -> {
                            tx.insertOwner(Samples.ownerRow(Samples.owner(1)));
                            long first = changes.append(change("enrolled", Samples.hash("intent")));
                            long second = changes.append(change("device", null));
                            changes.append("invited", "Ann", "operator", Map.of());
                            return List.of(first, second);
                        });
        assertThat(numbers).containsExactly(1L, 2L);
        long third = journal.write((_, changes) -> changes.append(change("policy", null)));
        assertThat(third).isEqualTo(3);
        var changes = fixture.records(Change.class);
        assertThat(changes)
                .extracting(Change::what)
                .containsExactly("enrolled", "device", "policy");
        assertThat(changes).extracting(c -> c.place().seq()).containsExactly(1L, 2L, 3L);
        assertThat(changes.getFirst().intent()).isEqualTo(Samples.hash("intent"));
        assertThat(changes.getFirst().details()).containsEntry("policy", "abc");
        assertThat(fixture.records(ServerChange.class).getFirst().what()).isEqualTo("invited");
        try (var reader = fixture.store.read()) {
            assertThat(reader.owner(Samples.owner(1))).isNotNull();
        }
    }

    @Test
    void approvalWithoutAnAuthorizationKeepsItsEvidenceAndCountsOnce() throws Exception {
        var jws = Bytes.utf8("jws");
        var approval =
                new NewApproval(
                        CREDENTIAL,
                        Samples.hash("intent"),
                        Level.BOUND,
                        List.of("device"),
                        Samples.device(1).text(),
                        List.of(),
                        jws);
        Journal.Work<Boolean> work =
                (_, changes) -> {
                    changes.append(approval);
                    return true;
                };
        journal.write(work);
        assertRefused(FailureKind.INTENT_EXPIRED, () -> journal.write(work));
        assertThat(fixture.records(Approval.class))
                .singleElement()
                .extracting(Approval::evidence)
                .isEqualTo(Hashes.sha256(jws));
        try (var reader = fixture.store.read()) {
            assertThat(reader.evidence(0)).isEqualTo(jws);
        }
    }

    @Test
    void eachChainCountsItsOwnRecords() throws Exception {
        var other =
                new NewChange(Samples.owner(2), "policy", "subject", "operator", null, Map.of());
        var numbers =
                journal.write(
                        (_, changes) ->
                                List.of(
                                        changes.append(change("policy", null)),
                                        changes.append(other),
                                        changes.append(change("policy", null))));
        assertThat(numbers).containsExactly(1L, 1L, 2L);
        assertThat(fixture.records(Change.class))
                .extracting(c -> c.place().seq())
                .containsExactly(1L, 1L, 2L);
    }

    @Test
    void newAuthorizationIsRefusedWithWhatItCostsAndARepeatCostsNothing() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        Journal.Guard dear =
                tx -> {
                    tx.insertPepper(pepper(1));
                    throw new Refused(FailureKind.CONSENT_USED_UP);
                };
        assertRefused(FailureKind.CONSENT_USED_UP, () -> journal.authorize(wanted, NO_GUARD, dear));
        assertThat(fixture.records()).isEmpty();
        try (var reader = fixture.store.read()) {
            assertThat(reader.pepper(1)).isNull();
        }
        var row = journal.authorize(wanted, NO_GUARD, tx -> tx.insertPepper(pepper(2)));
        assertThat(journal.authorize(wanted, NO_GUARD, dear)).isEqualTo(row);
        try (var reader = fixture.store.read()) {
            assertThat(reader.pepper(2)).isNotNull();
        }
    }

    @Test
    void refusedWorkLeavesNoRecordThoughItWroteNothingElse() throws Exception {
        assertRefused(
                FailureKind.INVITATION_REFUSED,
                () ->
                        journal.write(
                                (_, changes) -> {
                                    changes.append(change("lost", null));
                                    throw new Refused(FailureKind.INVITATION_REFUSED);
                                }));
        assertThat(fixture.records()).isEmpty();
    }

    @Test
    void refusedWorkLeavesTheOthersAlone() throws Exception {
        var calls = new Calls();
        var good =
                calls.start(
                        () -> journal.write((_, changes) -> changes.append(change("good", null))));
        assertRefused(
                FailureKind.INVITATION_REFUSED,
                () ->
                        journal.write(
                                (_, _) -> {
                                    throw new Refused(FailureKind.INVITATION_REFUSED);
                                }));
        assertThat(good.get()).isEqualTo(1);
    }

    @Test
    void refusalAfterWritingUndoesWhatWasWritten() throws Exception {
        assertRefused(
                FailureKind.INVITATION_REFUSED,
                () ->
                        journal.write(
                                (tx, changes) -> {
                                    tx.insertPepper(pepper(1));
                                    changes.append(change("lost", null));
                                    throw new Refused(FailureKind.INVITATION_REFUSED);
                                }));
        try (var reader = fixture.store.read()) {
            assertThat(reader.pepper(1)).isNull();
        }
        assertThat(fixture.records()).isEmpty();
    }

    @Test
    void poisonedBatchLosesOnlyItsPoison() throws Exception {
        var calls = new Calls();
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        // Holds the writer, so that what follows becomes one batch.
        var holding =
                calls.start(
                        () ->
                                journal.write(
                                        (_, _) -> {
                                            entered.countDown();
                                            awaitQuietly(release);
                                            return true;
                                        }));
        entered.await();
        var runs = new AtomicInteger();
        var poison =
                calls.startWaiting(
                        () ->
                                journal.write(
                                        (tx, _) -> {
                                            runs.incrementAndGet();
                                            tx.insertPepper(pepper(1));
                                            throw new IllegalStateException("poison");
                                        }));
        var use = calls.startWaiting(() -> journal.use(ask(authorization, Samples.hash("one"))));
        var work =
                calls.startWaiting(() -> journal.write((tx, c) -> c.append(change("good", null))));
        release.countDown();
        holding.get();
        assertThat(use.get()).hasSize(1);
        assertThat(work.get()).isEqualTo(1);
        assertRefused(
                FailureKind.INTERNAL,
                () -> {
                    try {
                        poison.get();
                    } catch (ExecutionException e) {
                        throw e.getCause();
                    }
                });
        assertThat(runs.get()).isEqualTo(2);
        assertThat(fixture.signer.signings()).isEqualTo(1);
        try (var reader = fixture.store.read()) {
            assertThat(reader.pepper(1)).isNull();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            var _ = latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void creationIsJournalledBeforeTheKeyIsMade() throws Exception {
        journal.write((_, changes) -> changes.append(change("enrolled", null)));
        var creation =
                new NewCreation(
                        CREDENTIAL,
                        Samples.owner(1),
                        Custody.MANAGED,
                        KeyAlgorithm.P256,
                        "CN=Ann",
                        "operator");
        var permission = journal.create(creation);
        assertThat(permission.credential()).isEqualTo(CREDENTIAL);
        assertThat(permission.custody()).isEqualTo(Custody.MANAGED);
        assertThat(permission.algorithm()).isEqualTo(KeyAlgorithm.P256);
        assertThat(permission.subject()).isEqualTo("CN=Ann");
        var record = (Change) fixture.records().get(Math.toIntExact(permission.index()));
        assertThat(record.what()).isEqualTo("creating");
        assertThat(record.place().chain()).isEqualTo(CREDENTIAL);
        assertThat(record.details())
                .containsEntry("owner", Samples.owner(1).text())
                .containsEntry("algorithm", "P-256");
    }
}
