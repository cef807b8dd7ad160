package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an agent gets and checks.
class HistoryTest {
    private static final Id OWNER = Samples.owner(1);

    @TempDir Path folder;
    private final AtomicLong nanos = new AtomicLong();
    private JournalFixture fixture;
    private Journal journal;
    private History history;
    private Checkpoint seen;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        journal = fixture.journal("a");
        history =
                new History(fixture.store, new Checkpoints(fixture.store, fixture.key, nanos::get));
        seen = Checkpoint.start(fixture.key.verifier().name());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void change(Id chain, int times) throws Refused {
        for (int i = 0; i < times; i++) {
            journal.write(
                    (_, changes) ->
                            changes.append(
                                    new NewChange(
                                            chain,
                                            "policy",
                                            "subject",
                                            "operator",
                                            null,
                                            Map.of())));
        }
    }

    /// The agent's three checks.
    private ChainMemory check(ChainMemory memory, Page page) throws JournalBrokenException {
        seen =
                ChainCheck.continues(
                        seen, page.checkpoint(), fixture.key.verifier(), page.consistency());
        var newest = ChainCheck.follow(memory, page.records());
        ChainCheck.includes(seen, newest, page.proof());
        return newest;
    }

    /// The last two checks, by somebody who knows nothing yet.
    private void check(Page page) throws JournalBrokenException {
        var checkpoint = page.checkpoint().verify(fixture.key.verifier());
        var newest = ChainCheck.follow(ChainMemory.none(OWNER), page.records());
        ChainCheck.includes(checkpoint, newest, page.proof());
    }

    /// 500 records of some hundred thousand octets each would fill the server's memory, and no
    /// agent takes such an answer.
    @Tag("slow")
    @Test
    void pageOfLargeRecordsIsShort() throws Exception {
        var lines =
                Collections.nCopies(
                        64, new Shown("x".repeat(1024), "y".repeat(1024), Shown.Source.REPORTED));
        for (int i = 0; i < 24; i++) {
            var wanted = fixture.wanted("intent " + i, List.of(Samples.digest("one")));
            journal.authorize(
                    new NewAuthorization(
                            wanted.id(),
                            wanted.intent(),
                            wanted.sad(),
                            wanted.owner(),
                            wanted.credential(),
                            wanted.sender(),
                            wanted.level(),
                            wanted.factors(),
                            lines,
                            wanted.evidence(),
                            wanted.expires(),
                            wanted.digests(),
                            wanted.opening()),
                    JournalFixture.NO_GUARD);
        }
        var memory = ChainMemory.none(CREDENTIAL);
        int pages = 0;
        for (boolean more = true; more; pages++) {
            nanos.addAndGet(1_000_000_000);
            var page = history.since(CREDENTIAL, memory.seq(), 500, seen.size());
            assertThat(page.records().stream().mapToInt(r -> r.record().size()).sum())
                    .isLessThan(2 << 20);
            memory = check(memory, page);
            more = page.more();
        }
        assertThat(memory.seq()).isEqualTo(24);
        assertThat(pages).isBetween(2, 4);
    }

    @Test
    void agentFollowsAChainPageByPage() throws Exception {
        change(OWNER, 7);
        change(CREDENTIAL, 3);
        change(OWNER, 4);
        var memory = ChainMemory.none(OWNER);
        var pages = 0;
        Page page;
        do {
            nanos.addAndGet(1_000_000_000);
            page = history.since(OWNER, memory.seq(), 4, seen.size());
            memory = check(memory, page);
            pages++;
            change(CREDENTIAL, 1);
        } while (page.more());
        assertThat(pages).isEqualTo(3);
        assertThat(memory.seq()).isEqualTo(11);
    }

    @Test
    void nothingNewIsAnEmptyPage() throws Exception {
        change(OWNER, 2);
        var page = history.since(OWNER, 2, 10, 0);
        assertThat(page.records()).isEmpty();
        assertThat(page.more()).isFalse();
        assertThat(page.pending()).isFalse();
        assertThat(page.proof()).isEmpty();
        assertThat(page.checkpoint().verify(fixture.key.verifier()).size()).isEqualTo(2);
        assertThat(history.since(Samples.owner(2), 0, 10, 0).records()).isEmpty();
    }

    @Test
    void checkpointsAreSignedTenTimesASecondAtMost() throws Exception {
        change(OWNER, 1);
        var first = history.since(OWNER, 0, 10, 0);
        change(OWNER, 1);
        nanos.set(99_999_999);
        var soon = history.since(OWNER, 0, 10, 0);
        assertThat(soon.checkpoint()).isEqualTo(first.checkpoint());
        assertThat(soon.pending()).isTrue();
        assertThat(soon.proof()).isEmpty();
        assertThat(soon.records()).hasSize(2);
        nanos.set(100_000_000);
        var later = history.since(OWNER, 0, 10, 1);
        assertThat(later.pending()).isFalse();
        check(
                ChainMemory.none(OWNER),
                new Page(
                        later.records(),
                        false,
                        later.checkpoint(),
                        later.proof(),
                        false,
                        List.of()));
        assertThat(later.consistency()).isNotEmpty();
    }

    /// Each record comes with its proof, however fast others follow, and still no more than ten
    /// checkpoints a second are signed.
    @Test
    void settledPageIsNeverPending() throws Exception {
        var busy =
                new History(
                        fixture.store,
                        new Checkpoints(fixture.store, fixture.key, System::nanoTime));
        var notes = new ConcurrentHashMap<Long, SignedNote>();
        var parts = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 8; i++) {
            parts.add(
                    () -> {
                        boolean pending = false;
                        for (int k = 0; k < 5; k++) {
                            change(OWNER, 1);
                            var page = busy.settled(OWNER, 0, 100, 0);
                            pending |= page.pending();
                            check(page);
                            notes.put(
                                    page.checkpoint().verify(fixture.key.verifier()).size(),
                                    page.checkpoint());
                        }
                        return pending;
                    });
        }
        long began = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var part : threads.invokeAll(parts)) {
                assertThat(part.get()).isFalse();
            }
        }
        var took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(notes.size()).isBetween(5, (int) (1 + took.toMillis() / 100));
    }

    @Test
    void callerThatSawMoreThanThereIsGetsNoConsistency() throws Exception {
        change(OWNER, 1);
        var page = history.since(OWNER, 0, 10, 100);
        assertThat(page.consistency()).isEmpty();
        assertThat(page.checkpoint().verify(fixture.key.verifier()).size()).isEqualTo(1);
    }

    @Test
    void answerOfAUseHoldsItsRecords() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        journal.use(ask(authorization, Samples.hash("one")));
        var page = journal.since(CREDENTIAL, 0, 100, 0);
        assertThat(page.records()).hasSizeGreaterThanOrEqualTo(2);
        check(ChainMemory.none(CREDENTIAL), page);
        fixture.awaitState(DigestRow.Signed.class, authorization, Samples.hash("one"));
        assertThat(journal.since(CREDENTIAL, 0, 100, 0).records()).hasSize(3);
        assertThat(journal.since(CREDENTIAL, 2, 100, 0).records())
                .extracting(SaltedRecord::index)
                .containsExactly(2L);
    }

    @Test
    void lastCheckpointIsKeptInTheStore() throws Exception {
        change(OWNER, 1);
        var page = journal.since(OWNER, 0, 10, 0);
        change(OWNER, 1);
        try (var reader = fixture.store.read()) {
            assertThat(SignedNote.parse(reader.head().checkpoint())).isEqualTo(page.checkpoint());
        }
        // Another process that has signed none leaves it alone.
        var other = fixture.journal("b");
        other.write(
                (_, changes) ->
                        changes.append(new NewChange(OWNER, "x", "y", "z", null, Map.of())));
        try (var reader = fixture.store.read()) {
            assertThat(reader.head().checkpoint()).isEqualTo(page.checkpoint().encode());
            assertThat(reader.head().checkpoint()).isNotEqualTo(Bytes.EMPTY);
        }
    }
}
