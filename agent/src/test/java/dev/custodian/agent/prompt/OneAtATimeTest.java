package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private final Semaphore answers = new Semaphore(0);
    private final AtomicReference<Prompt.Watch> open = new AtomicReference<>();
    private final Prompt prompt = new OneAtATime(new Showing());

    /// Shows one thing after the other until it may go on.
    private final class Showing implements Prompt {
        @Override
        public Answer ask(Question question, Watch watch) {
            show(question.title(), watch);
            return new Answer.Refusal();
        }

        @Override
        public Secret enter(Entry entry, Watch watch) {
            show(entry.title(), watch);
            return Secret.owning(new byte[] {1});
        }

        @Override
        public void tell(Notice notice, Watch watch) {
            show(notice.title(), watch);
        }

        private void show(String title, Watch watch) {
            shown.add(title);
            open.set(watch);
            answers.acquireUninterruptibly();
        }
    }

    private List<String> behind() {
        var watch = open.get();
        return watch == null ? List.of() : watch.waiting();
    }

    private static Question question(String title, Duration limit) {
        return new Question(title, List.of(), List.of(), limit);
    }

    private static Question question(String title) {
        return question(title, Duration.ofMinutes(1));
    }

    @Test
    void secondQuestionWaitsAndBothAreNamed() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first = threads.submit(() -> prompt.ask(question("first"), Questions.watch()));
            await().until(() -> shown.equals(List.of("first")));
            assertThat(behind()).isEmpty();
            var second = threads.submit(() -> prompt.ask(question("second"), Questions.watch()));

            await().until(() -> behind().equals(List.of("second")));
            assertThat(shown).containsExactly("first");
            answers.release();
            first.get();
            await().until(() -> shown.equals(List.of("first", "second")));
            answers.release();
            second.get();
        }
    }

    @Test
    void secretsAndNoticesWaitTheirTurnToo() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first =
                    threads.submit(
                            () ->
                                    prompt.enter(
                                            Questions.entry(Entry.Wanted.PIN), Questions.watch()));
            await().until(() -> shown.equals(List.of("Change the PIN?")));
            var second =
                    threads.submit(
                            () -> {
                                prompt.tell(Questions.notice(), Questions.watch());
                                return "told";
                            });
            await().until(() -> behind().equals(List.of("Note the recovery code.")));
            answers.release(2);
            try (var typed = first.get()) {
                assertThat(typed.expose()).containsExactly(1);
            }
            assertThat(second.get()).isEqualTo("told");
        }
        assertThat(shown).containsExactly("Change the PIN?", "Note the recovery code.");
    }

    @Test
    void tooManyQuestionsAreRefusedAtOnce() throws Exception {
        var pending = new ArrayList<Future<Answer>>();
        try (var threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < OneAtATime.MOST_WAITING + 1; i++) {
                var title = "question " + i;
                pending.add(threads.submit(() -> prompt.ask(question(title), Questions.watch())));
            }
            await().until(() -> behind().size() == OneAtATime.MOST_WAITING);
            refused(FailureKind.PROMPTS_WAITING, question("one too many"), Questions.watch());
            answers.release(pending.size());
            for (var one : pending) {
                assertThat(one.get()).isInstanceOf(Answer.Refusal.class);
            }
        }
        assertThat(shown).hasSize(pending.size()).doesNotContain("one too many");
    }

    @Test
    void questionThatWaitedTooLongIsNotShown() throws Exception {
        try (var threads = Executors.newFixedThreadPool(1)) {
            var first = threads.submit(() -> prompt.ask(question("first"), Questions.watch()));
            await().until(() -> !shown.isEmpty());
            refused(
                    FailureKind.APPROVAL_TIMED_OUT,
                    question("second", Duration.ofMillis(1)),
                    Questions.watch());
            answers.release();
            first.get();
        }
        assertThat(shown).containsExactly("first");
    }

    @Test
    void questionOfAProgramThatEndedIsNotShown() throws Exception {
        try (var threads = Executors.newFixedThreadPool(1)) {
            var first = threads.submit(() -> prompt.ask(question("first"), Questions.watch()));
            await().until(() -> !shown.isEmpty());
            refused(
                    FailureKind.PROGRAM_REFUSED,
                    question("second"),
                    new Prompt.Watch() {
                        @Override
                        public boolean isWanted() {
                            return false;
                        }

                        @Override
                        public List<String> waiting() {
                            return List.of();
                        }
                    });
            answers.release();
            first.get();
        }
        assertThat(shown).containsExactly("first");
    }

    private void refused(FailureKind kind, Question question, Prompt.Watch watch) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> prompt.ask(question, watch))
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }
}
