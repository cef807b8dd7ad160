package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.ECDSA;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.server.store.Samples;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InboxTest {
    private static final Item WORK = new Item.Do<>((_, _) -> true);
    private static final RunningUse SIGNED =
            new RunningUse(
                    Samples.authorizationRow(1, CREDENTIAL),
                    ECDSA,
                    List.of(Samples.hash("one")),
                    Samples.key(CREDENTIAL));

    private final Inbox inbox = new Inbox();

    private static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    /// Waits as long as it takes; a batch that does not come is a test that does not end.
    private Inbox.Batch take() throws InterruptedException {
        return inbox.take(in(Duration.ofHours(1)));
    }

    @Test
    void batchesAreBoundedAndKeepTheOrder() throws Exception {
        var first = new Item.Do<>((_, _) -> true);
        inbox.add(first);
        for (int i = 0; i < Inbox.BATCH; i++) {
            inbox.add(WORK);
        }
        inbox.addSigned(Collections.nCopies(2 * Inbox.BATCH + 1, SIGNED), 0);
        var batch = take();
        assertThat(batch.items()).hasSize(Inbox.BATCH).first().isSameAs(first);
        assertThat(batch.signed()).hasSize(2 * Inbox.BATCH);
        var rest = take();
        assertThat(rest.items()).hasSize(1);
        assertThat(rest.signed()).hasSize(1);
    }

    @Test
    void nothingUntilTheDeadlineIsAnEmptyBatch() throws Exception {
        long begin = System.nanoTime();
        assertThat(inbox.take(begin + Duration.ofMillis(20).toNanos()).isEmpty()).isTrue();
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void signedUseWaitsALittleForARequestToShareItsCommit() throws Exception {
        long begin = System.nanoTime();
        inbox.addSigned(SIGNED);
        assertThat(take().signed()).containsExactly(SIGNED);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
        inbox.addSigned(List.of(SIGNED), Duration.ofHours(1).toNanos());
        inbox.add(WORK);
        var shared = take();
        assertThat(shared.items()).containsExactly(WORK);
        assertThat(shared.signed()).containsExactly(SIGNED);
        assertThat(shared.isEmpty()).isFalse();
    }

    @Test
    void whatCouldNotBeWrittenWaitsForItsTimeOrTheDeadline() throws Exception {
        long begin = System.nanoTime();
        inbox.addSigned(List.of(SIGNED), Duration.ofHours(1).toNanos());
        inbox.addSigned(SIGNED);
        assertThat(inbox.take(begin + Duration.ofMillis(50).toNanos()).signed()).hasSize(2);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(50_000_000);
    }

    @Test
    void arrivalWakesWhoWaits() throws Exception {
        var batch = new Calls().start(this::take);
        inbox.add(WORK);
        assertThat(batch.get().items()).containsExactly(WORK);
        var next = new Calls().start(this::take);
        inbox.addSigned(List.of(SIGNED), 0);
        assertThat(next.get().signed()).containsExactly(SIGNED);
    }

    @Test
    void closedInboxGivesWhatItHasAndTakesNoMore() throws Exception {
        inbox.add(WORK);
        assertThat(inbox.isDone()).isFalse();
        inbox.close();
        assertRefused(FailureKind.BUSY, () -> inbox.add(WORK));
        assertThat(inbox.isDone()).isFalse();
        assertThat(take().items()).containsExactly(WORK);
        assertThat(inbox.isDone()).isTrue();
        inbox.again(WORK);
        assertThat(inbox.isDone()).isFalse();
        assertThat(take().items()).containsExactly(WORK);
        inbox.addSigned(List.of(SIGNED), Duration.ofHours(1).toNanos());
        assertThat(inbox.isDone()).isFalse();
        assertThat(take().signed()).containsExactly(SIGNED);
        assertThat(inbox.isDone()).isTrue();
    }

    @Test
    void closingWakesTheWriterOnce() throws Exception {
        var batch = new Calls().start(this::take);
        inbox.close();
        assertThat(batch.get().isEmpty()).isTrue();
        // from then on it waits for what is still being signed
        var next = new Calls().start(this::take);
        assertThat(inbox.take(in(Duration.ofMillis(10))).isEmpty()).isTrue();
        inbox.addSigned(SIGNED);
        assertThat(next.get().signed()).containsExactly(SIGNED);
    }
}
