package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.ECDSA;
import static dev.custodian.server.journal.JournalFixture.NO_GUARD;
import static dev.custodian.server.journal.JournalFixture.ask;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.Samples;
import dev.custodian.server.store.SqliteStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many callers, several nodes, and nodes that stop in between.
class JournalRaceTest {
    private static final Bytes ONE = Samples.hash("one");

    @TempDir Path folder;
    private final Calls calls = new Calls();
    private JournalFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void hundredEqualRequestsSignOnceAndGetTheSameBytes() throws Exception {
        var journal = fixture.journal("a");
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var answers = new ArrayList<Future<List<Bytes>>>();
        for (int i = 0; i < 100; i++) {
            answers.add(calls.start(() -> journal.use(ask(authorization, ONE))));
        }
        for (var answer : answers) {
            assertThat(answer.get()).isEqualTo(answers.getFirst().get());
        }
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(fixture.records(Use.class)).hasSize(1);
        assertThat(fixture.records(Outcome.class)).hasSize(1);
    }

    @Test
    void hundredEqualAuthorizationsAreOne() throws Exception {
        var journal = fixture.journal("a");
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        var answers = new ArrayList<Future<AuthorizationRow>>();
        for (int i = 0; i < 100; i++) {
            answers.add(calls.start(() -> journal.authorize(wanted, NO_GUARD)));
        }
        for (var answer : answers) {
            assertThat(answer.get()).isEqualTo(answers.getFirst().get());
        }
        assertThat(fixture.records(Approval.class)).hasSize(1);
    }

    @Test
    void manyDifferentRequestsAreEachSignedOnce() throws Exception {
        var journal = fixture.journal("a");
        var answers = new ArrayList<Future<List<Bytes>>>();
        var authorizations = new ArrayList<AuthorizationRow>();
        for (int i = 0; i < 40; i++) {
            authorizations.add(
                    fixture.authorize(journal, Samples.digest("a" + i), Samples.digest("b" + i)));
        }
        for (int i = 0; i < 400; i++) {
            int n = i % 40;
            var authorization = authorizations.get(n);
            var a = Samples.hash("a" + n);
            var b = Samples.hash("b" + n);
            var request =
                    switch (i % 3) {
                        case 0 -> ask(authorization, a);
                        case 1 -> ask(authorization, b, a);
                        default -> ask(authorization, a, b);
                    };
            answers.add(calls.start(() -> journal.use(request)));
        }
        for (var answer : answers) {
            answer.get();
        }
        assertThat(fixture.signer.signings()).isEqualTo(80);
        for (int i = 0; i < 40; i++) {
            assertThat(fixture.signer.signings(Samples.hash("a" + i))).isEqualTo(1);
        }
    }

    @Test
    void twoNodesSignADigestOnce() throws Exception {
        var a = fixture.journal("a");
        try (var otherStore = SqliteStore.open(fixture.file)) {
            var b = fixture.journal("b", otherStore, fixture.signer);
            for (int i = 0; i < 20; i++) {
                var digest = Samples.digest("digest " + i);
                var authorization = fixture.authorize(a, digest);
                var byA = calls.start(() -> a.use(ask(authorization, digest.value())));
                var byB = calls.start(() -> b.use(ask(authorization, digest.value())));
                assertThat(byB.get()).isEqualTo(byA.get());
                assertThat(fixture.signer.signings(digest.value())).isEqualTo(1);
            }
            b.close();
        }
    }

    @Test
    void nodesNeverCloseEachOthersUses() throws Exception {
        var a = fixture.journal("a");
        var authorization = fixture.authorize(a, Samples.digest("one"));
        var gate = fixture.signer.block();
        var call = calls.start(() -> a.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        fixture.journal("b").close();
        fixture.journal("b").close();
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Used.class);
        gate.countDown();
        var signatures = call.get();
        assertThat(fixture.awaitState(DigestRow.Signed.class, authorization, ONE).signature())
                .isEqualTo(signatures.getFirst());
    }

    @Test
    void nodeThatStoppedBetweenCommitAndSigningClosesItsUseAsUnknown() throws Exception {
        var abandoned = fixture.journal("a");
        var authorization =
                fixture.authorize(abandoned, Samples.digest("one"), Samples.digest("two"));
        var gate = fixture.signer.block();
        var call = calls.start(() -> abandoned.use(ask(authorization, Samples.hash("two"), ONE)));
        fixture.signer.awaitEntered();
        var restarted = fixture.journal("a");
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Unknown.class);
        assertThat(fixture.records(Outcome.class).getFirst().results())
                .containsExactly(new Outcome.Result.Unknown(), new Outcome.Result.Unknown());
        assertRefused(FailureKind.OUTCOME_UNKNOWN, () -> restarted.use(ask(authorization, ONE)));
        assertThat(fixture.reread(authorization).opening())
                .as("nothing can be signed any more")
                .isNull();

        // The old one goes on after all: it must not write a second outcome.
        gate.countDown();
        call.get();
        abandoned.close();
        assertThat(fixture.records(Outcome.class)).hasSize(1);
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Unknown.class);
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Test
    void restartInOrderLeavesNothingUnknown() throws Exception {
        var first = fixture.journal("a");
        var authorizations = new ArrayList<AuthorizationRow>();
        for (int i = 0; i < 10; i++) {
            authorizations.add(fixture.authorize(first, Samples.digest("one")));
        }
        var answers =
                authorizations.stream()
                        .map(a -> calls.start(() -> first.use(ask(a, ONE))))
                        .toList();
        for (var answer : answers) {
            answer.get();
        }
        first.close();
        var second = fixture.journal("a");
        for (int i = 0; i < 10; i++) {
            assertThat(second.use(ask(authorizations.get(i), ONE))).isEqualTo(answers.get(i).get());
        }
        assertThat(fixture.records(Outcome.class))
                .hasSize(10)
                .allSatisfy(
                        o ->
                                assertThat(o.results().getFirst())
                                        .isInstanceOf(Outcome.Result.Signed.class));
    }

    @Test
    void manyOpenUsesAreClosedAtStart() throws Exception {
        var abandoned = fixture.journal("a");
        var gate = fixture.signer.block();
        int count = Inbox.BATCH + 10;
        var authorizations = new ArrayList<AuthorizationRow>();
        for (int i = 0; i < count; i++) {
            var authorization = fixture.authorize(abandoned, Samples.digest("one"));
            authorizations.add(authorization);
            var _ = calls.start(() -> abandoned.use(ask(authorization, ONE)));
        }
        await().until(() -> fixture.records(Use.class).size() == count);
        fixture.journal("a");
        assertThat(fixture.records(Outcome.class)).hasSize(count);
        for (var authorization : authorizations) {
            assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Unknown.class);
        }
        gate.countDown();
    }

    @Test
    void otherNodesUseIsAwaitedAndThenGivenUp() throws Exception {
        var a = fixture.journal("a");
        var b = fixture.journal("b");
        var authorization = fixture.authorize(a, Samples.digest("one"));
        var gate = fixture.signer.block();
        var _ = calls.start(() -> a.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        assertRefused(FailureKind.BUSY, () -> b.use(ask(authorization, ONE)));
        gate.countDown();
        assertThat(b.use(ask(authorization, ONE))).isEqualTo(a.use(ask(authorization, ONE)));
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Test
    void closedJournalTakesNothingMore() throws Exception {
        var journal = fixture.journal("a");
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        journal.close();
        assertRefused(FailureKind.BUSY, () -> journal.use(ask(authorization, ECDSA, ONE)));
        assertRefused(FailureKind.BUSY, () -> journal.write((_, _) -> true));
    }

    @Test
    void closingWaitsForWhatIsBeingSigned() throws Exception {
        var journal = fixture.journal("a");
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var gate = fixture.signer.block();
        var call = calls.start(() -> journal.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        var closing =
                calls.start(
                        () -> {
                            journal.close();
                            return true;
                        });
        await().until(() -> refusesWork(journal));
        assertThat(closing.isDone()).isFalse();
        gate.countDown();
        closing.get();
        assertThat(call.get()).hasSize(1);
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Signed.class);
    }

    private static boolean refusesWork(Journal journal) {
        try {
            return journal.write((_, _) -> false);
        } catch (Refused e) {
            return true;
        }
    }
}
