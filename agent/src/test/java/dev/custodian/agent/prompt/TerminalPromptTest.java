package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// On a real terminal.
class TerminalPromptTest {
    private static final String PIN = "PIN to approve (Enter alone refuses): ";

    private Screen screen;
    private TerminalPrompt prompt;
    private BooleanSupplier wanted = () -> true;

    @BeforeEach
    void open() throws Exception {
        prompt = new TerminalPrompt(ThisProcess.user());
        screen = Screen.running("trap 'echo gone' INT; sleep 600; sleep 600");
        assertThat(screen.echoes()).isTrue();
    }

    @AfterEach
    void close() {
        screen.close();
    }

    private Prompt.Watch watch(int terminal) {
        return new Prompt.Watch() {
            @Override
            public boolean isWanted() {
                return wanted.getAsBoolean();
            }

            @Override
            public List<String> waiting() {
                return List.of("Sign code for git, process 7?");
            }

            @Override
            public int terminal() {
                return terminal;
            }
        };
    }

    private static <T> Future<T> started(Callable<T> work) {
        var future = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    private Future<Answer> ask(Question question) {
        return started(() -> prompt.ask(question, watch(screen.device())));
    }

    private Future<Secret> enter(Entry.Wanted secret) {
        return started(() -> prompt.enter(Questions.entry(secret), watch(screen.device())));
    }

    private static void is(String expected, Secret typed) {
        try (typed) {
            assertThat(typed.expose()).isEqualTo(expected.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void refused(FailureKind kind, Future<?> asked) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(asked::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refusal ->
                                assertThat(refusal.kind())
                                        .as(refusal.getMessage())
                                        .isEqualTo(kind));
    }

    @Test
    void enterAloneIsNo() throws Exception {
        var asked = ask(Questions.of());
        screen.awaitWords(PIN);
        assertThat(screen.echoes()).isFalse();
        screen.type("\n");
        assertThat(asked.get()).isInstanceOf(Answer.Refusal.class);
        assertThat(screen.echoes()).isTrue();
    }

    @Test
    void endOfInputIsNo() throws Exception {
        var asked = ask(Questions.of());
        screen.awaitWords(PIN);
        screen.type("\u0004");
        assertThat(asked.get()).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void whatWasTypedBeforeAnswersNothing() throws Exception {
        screen.type("2749\n");
        screen.awaitWords("2749");
        var typed = new AtomicBoolean();
        // what is shown is there when it is first asked whether anybody wants the answer
        wanted = () -> typed.getAndSet(true) || typesAhead();
        var asked = ask(Questions.of());
        screen.awaitWords(PIN);
        assertThat(typed).isTrue();
        assertThat(asked.isDone()).isFalse();
        screen.type("\n");
        assertThat(asked.get()).isInstanceOf(Answer.Refusal.class);
    }

    /// And waits until it has come to the terminal.
    private boolean typesAhead() {
        try {
            screen.type("2749\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Screen.LIMIT).until(screen::hasUnread);
        return true;
    }

    @Test
    void pinIsYesAndNeverShown() throws Exception {
        var asked = ask(Questions.of(Questions.reported("program", "/usr/bin/ssh")));
        screen.awaitWords(PIN);
        screen.type("2748\u007F9\n");
        var answer = asked.get();
        assertThat(answer).isInstanceOf(Answer.Approval.class);
        is("2749", ((Answer.Approval) answer).pin());
        assertThat(screen.shown().substring(screen.shown().indexOf("Approve a login?")))
                .contains("program (reported):\r\n    /usr/bin/ssh\r\n")
                .contains("waiting for their turn: 1\r\n    Sign code for git, process 7?")
                .doesNotContain("274");
        assertThat(screen.echoes()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true"})
    void moreIsAChoice(String typed, boolean more) throws Exception {
        var asked = ask(Questions.withOffer());
        screen.awaitWords("Which one, 0 to 1 (Enter alone refuses): ");
        screen.type(typed + "\n");
        screen.awaitWords(PIN);
        screen.type("2749\n");
        assertThat(asked.get() instanceof Answer.Consent).isEqualTo(more);
        assertThat(screen.shown())
                .contains("up to 20 signatures in 10 minutes", "A rebase signs each commit.");
    }

    @ParameterizedTest
    @CsvSource({"''", "2", "01", "y"})
    void anythingElseIsNo(String typed) throws Exception {
        var asked = ask(Questions.withOffer());
        screen.awaitWords("Which one");
        screen.type(typed + "\n");
        assertThat(asked.get()).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void timeOutGivesTheTerminalBack() throws Exception {
        var asked = ask(new Question("Approve?", List.of(), List.of(), Duration.ofSeconds(1)));
        refused(FailureKind.APPROVAL_TIMED_OUT, asked);
        assertThat(screen.echoes()).isTrue();
        screen.awaitWords("Nobody answered the question in time");
    }

    @Test
    void interruptedProgramTakesItsQuestionAway() throws Exception {
        wanted = () -> !screen.shown().contains("gone");
        var asked = ask(Questions.of());
        screen.awaitWords(PIN);
        screen.type("\u0003");
        refused(FailureKind.PROGRAM_REFUSED, asked);
        assertThat(screen.echoes()).isTrue();
    }

    @Test
    void hungUpTerminalIsNoYes() throws Exception {
        var asked = ask(Questions.of());
        screen.awaitWords(PIN);
        screen.hangUp();
        refused(FailureKind.PROMPT_UNUSABLE, asked);
    }

    @Test
    void terminalOfAnotherUserIsNotUsed() throws Exception {
        prompt = new TerminalPrompt(ThisProcess.user() + 1);
        var before = screen.shown();
        refused(FailureKind.PROMPT_UNUSABLE, ask(Questions.of()));
        assertThat(screen.shown()).isEqualTo(before);
        assertThat(screen.echoes()).isTrue();
    }

    @ParameterizedTest
    // none, the null device, a disk
    @CsvSource({"0", "259", "2048"})
    void whatIsNoTerminalIsNotOpened(int device) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> prompt.ask(Questions.of(), watch(device)))
                .satisfies(
                        refusal ->
                                assertThat(refusal.kind()).isEqualTo(FailureKind.PROMPT_UNUSABLE));
    }

    @Test
    void foreignNamesControlNothing() throws Exception {
        var name =
                "x\u001B[2J\u009B1A\u202E\ncustody (computed here):\r    owner-sealed\u2028"
                        + "a\u0301\u0302\u0303\u0304"
                        + "y".repeat(10_000);
        var asked =
                ask(
                        Questions.of(
                                Questions.reported("program", name),
                                Questions.reported("host", name)));
        screen.awaitWords(PIN);
        screen.type("\n");
        asked.get();
        var card = screen.shown().substring(screen.shown().indexOf("Approve a login?"));
        assertThat(card).doesNotContainPattern("[\\p{Cntrl}\u0080-\u009F\u202E\u2028&&[^\r\n]]");
        assertThat(card.lines().map(String::stripTrailing).filter(line -> !line.startsWith("    ")))
                .containsExactly(
                        "Approve a login?",
                        "program (reported):",
                        "host (reported):",
                        "waiting for their turn: 1",
                        PIN.strip());
    }

    @Test
    void newPinIsTypedTwiceAndByTheRules() throws Exception {
        var entered = enter(Entry.Wanted.NEW_PIN);
        screen.awaitWords("New PIN (Enter");
        screen.type("1234\n");
        screen.awaitWords("among the first guesses");
        screen.type("2749\n");
        screen.awaitWords("Again (Enter");
        screen.type("2749\n");
        is("2749", entered.get());
    }

    @Test
    void noneIsAPassphraseTooWhereItIsANewOne() throws Exception {
        var entered = enter(Entry.Wanted.NEW_PASSPHRASE);
        screen.awaitWords("New passphrase (Enter alone for none)");
        screen.type("short\n");
        screen.awaitWords("at least 8 characters");
        screen.type("\n");
        is("", entered.get());
    }

    @Test
    void endOfInputIsNoPassphrase() throws Exception {
        var entered = enter(Entry.Wanted.NEW_PASSPHRASE);
        screen.awaitWords("New passphrase (Enter alone for none)");
        screen.type("\u0004");
        refused(FailureKind.APPROVAL_REFUSED, entered);
    }

    @Test
    void secretThatIsNotTypedIsRefused() throws Exception {
        var entered = enter(Entry.Wanted.PIN);
        screen.awaitWords("PIN (Enter");
        screen.type("\n");
        refused(FailureKind.APPROVAL_REFUSED, entered);
    }

    @ParameterizedTest
    @CsvSource({"noted, true", "no, false"})
    void recoveryCodeIsShownUntilItIsNoted(String typed, boolean noted) throws Exception {
        var told =
                started(
                        () -> {
                            prompt.tell(Questions.notice(), watch(screen.device()));
                            return true;
                        });
        screen.awaitWords("when you have noted it");
        assertThat(screen.shown()).contains("    " + Questions.CODE);
        screen.type(typed + "\n");
        if (noted) {
            assertThat(told.get()).isTrue();
        } else {
            refused(FailureKind.APPROVAL_REFUSED, told);
        }
    }
}
