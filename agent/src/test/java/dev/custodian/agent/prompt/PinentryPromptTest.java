package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The real Assuan code against a fake pinentry.
class PinentryPromptTest {
    private static final String CANCELED = "ERR 83886179 Operation cancelled <Pinentry>";
    private static final String NOT_CONFIRMED = "ERR 83886194 Not confirmed <Pinentry>";

    @TempDir Path scratch;

    private Answer ask(Question question, String... answers) throws Refused {
        var program = FakePinentry.command(scratch.resolve("log"), answers);
        return new PinentryPrompt(program, List.of("ttyname=/dev/pts/7"))
                .ask(question, Questions.watch());
    }

    private List<String> told() throws Exception {
        return Files.readAllLines(scratch.resolve("log"));
    }

    private String description() throws Exception {
        return told().stream()
                .filter(line -> line.startsWith("SETDESC "))
                .reduce("", (_, last) -> last)
                .substring(8)
                .replace("%0A", "\n")
                .replace("%25", "%");
    }

    private static void refused(FailureKind kind, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal ->
                                assertThat(refusal.kind())
                                        .as(refusal.getMessage())
                                        .isEqualTo(kind));
    }

    @Test
    void cancelIsNo() throws Exception {
        assertThat(ask(Questions.of(), CANCELED)).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void emptyPinIsNo() throws Exception {
        assertThat(ask(Questions.of(), "OK")).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void timeOutIsToldAsSuch() {
        refused(
                FailureKind.APPROVAL_TIMED_OUT,
                () -> ask(Questions.of(), "ERR 83886142 Timeout <Pinentry>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "die",
                "ERR 83886340 No such thing",
                "ERR",
                "ERR 99999999999999999999999",
                "INQUIRE what",
                "Good day",
                "D %4|OK",
                "D %G0|OK",
                "D \u00FF|OKAY",
            })
    void pinentryThatIsNoneIsUnusable(String answer) {
        refused(FailureKind.PROMPT_UNUSABLE, () -> ask(Questions.of(), answer));
    }

    @Test
    void endlessLineIsRefused() {
        refused(FailureKind.PROMPT_UNUSABLE, () -> ask(Questions.of(), "D " + "1".repeat(5000)));
    }

    @Test
    void endlessDataAreRefused() {
        refused(
                FailureKind.PROMPT_UNUSABLE,
                () -> ask(Questions.of(), ("D " + "1".repeat(600) + "|").repeat(2) + "OK"));
    }

    @Test
    void pinentryThatIsNotThereIsUnusable() {
        refused(
                FailureKind.PROMPT_UNUSABLE,
                () ->
                        new PinentryPrompt(List.of("/nowhere/pinentry"), List.of())
                                .ask(Questions.of(), Questions.watch()));
    }

    @Test
    void pinentryThatEndsAtOnceIsUnusable() {
        refused(
                FailureKind.PROMPT_UNUSABLE,
                () ->
                        new PinentryPrompt(List.of("/bin/true"), List.of())
                                .ask(Questions.of(), Questions.watch()));
    }

    @Test
    void questionThatNobodyWantsAnsweredIsTakenBack() {
        var program = FakePinentry.command(scratch.resolve("log"), "hang");
        refused(
                FailureKind.PROGRAM_REFUSED,
                () ->
                        new PinentryPrompt(program, List.of())
                                .ask(
                                        Questions.of(),
                                        new Prompt.Watch() {
                                            @Override
                                            public boolean isWanted() {
                                                return !Files.exists(scratch.resolve("log"));
                                            }

                                            @Override
                                            public List<String> waiting() {
                                                return List.of();
                                            }
                                        }));
    }

    @Test
    void pinentryThatHangsIsEnded() {
        var question = new Question("Approve?", List.of(), List.of(), Duration.ofMillis(1));
        refused(FailureKind.APPROVAL_TIMED_OUT, () -> ask(question, "hang"));
    }

    @ParameterizedTest
    @CsvSource({
        "D 2749|OK, 2749",
        "S a status|# a comment|D 2749|OK done, 2749",
        "D 27|D 49|OK, 2749",
        "D a%25b|OK, a%b",
        "D %32%37|OK, 27",
        "D P\u00E4ss|OK, P\u00E4ss",
        "D \uFF11\uFF12|OK, 12"
    })
    void pinIsYes(String answer, String pin) throws Exception {
        var approved = ask(Questions.of(), answer);
        assertThat(approved).isInstanceOf(Answer.Approval.class);
        try (var typed = ((Answer.Approval) approved).pin()) {
            assertThat(typed.expose()).isEqualTo(pin.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Else whoever has many wait could keep everybody from being asked.
    @Test
    void manyThatWaitAreCountedWhereThereIsNoRoomToNameThem() throws Exception {
        var shown = new ArrayList<Shown>();
        for (int i = 0; i < 10; i++) {
            shown.add(Questions.reported("what " + i, i + "x".repeat(58)));
        }
        var program = FakePinentry.command(scratch.resolve("log"), CANCELED);
        var waiting = Collections.nCopies(OneAtATime.MOST_WAITING, "Sign code for a program?");
        new PinentryPrompt(program, List.of())
                .ask(
                        Questions.of(shown.toArray(Shown[]::new)),
                        new Prompt.Watch() {
                            @Override
                            public boolean isWanted() {
                                return true;
                            }

                            @Override
                            public List<String> waiting() {
                                return waiting;
                            }
                        });
        assertThat(description())
                .contains(shown.stream().map(Shown::text).toList())
                .contains("waiting for their turn: 16")
                .doesNotContain("Sign code");
    }

    @Test
    void questionIsToldWithButtonsAndTime() throws Exception {
        ask(Questions.of(Questions.reported("program", "ssh")), CANCELED);

        assertThat(told())
                .containsSubsequence(
                        "OPTION ttyname=/dev/pts/7",
                        "OPTION lc-ctype=C.UTF-8",
                        "SETTIMEOUT 60",
                        "SETTITLE Custodian",
                        "SETCANCEL Refuse",
                        "SETDESC Approve a login?%0Aprogram (reported):%0A    ssh",
                        "SETOK Approve",
                        "SETPROMPT PIN",
                        "GETPIN");
    }

    @Test
    void offerIsAskedForFirst() throws Exception {
        assertThat(ask(Questions.withOffer(), CANCELED)).isInstanceOf(Answer.Refusal.class);
        assertThat(told()).contains("SETOK This alone", "SETNOTOK This and more");
        assertThat(told()).doesNotContain("GETPIN");
    }

    @Test
    void offerIsTakenByItsOwnButtonAndSaidAgain() throws Exception {
        var answer = ask(Questions.withOffer(), NOT_CONFIRMED, "D 2749|OK");
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Consent.class,
                        consent -> assertThat(consent.offer()).isEqualTo(Questions.OFFER));
        assertThat(description())
                .endsWith(
"""
this also allows:
    ssh in this terminal session:
    up to 20 signatures in 10 minutes
A rebase signs each commit.""");
    }

    @Test
    void defaultButtonAllowsNoMoreThanThis() throws Exception {
        assertThat(ask(Questions.withOffer(), "OK", "D 2749|OK"))
                .isInstanceOf(Answer.Approval.class);
        assertThat(description()).doesNotContain("allow");
    }

    @Test
    void takenOfferWithoutPinIsNo() throws Exception {
        assertThat(ask(Questions.withOffer(), NOT_CONFIRMED, NOT_CONFIRMED))
                .isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void foreignNameMakesNoLineThatLooksLikeOurs() throws Exception {
        var name =
                "x\ncustody (computed here):\n    owner-sealed\u2028"
                        + "a".repeat(60)
                        + "custody (c";
        ask(Questions.of(Questions.reported("document", name)), CANCELED);

        assertThat(description().lines())
                .startsWith("Approve a login?", "document (reported):")
                .hasSizeGreaterThan(3)
                .allMatch(
                        line ->
                                line.startsWith("    ")
                                        || line.equals("Approve a login?")
                                        || line.equals("document (reported):"));
    }

    @Test
    void longQuestionIsShortenedInTheMiddleToFitALine() throws Exception {
        var shown = new Shown[9];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = Questions.reported("thing " + i, "\u202E".repeat(5000) + "end" + i);
        }
        ask(Questions.of(shown), CANCELED);

        assertThat(told())
                .allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length <= 1000)
                .doesNotContain("\u202E");
        assertThat(description().replace("\n    ", ""))
                .contains("thing 0", "end0", "thing 8", "end8");
    }

    @Test
    void questionThatDoesNotFitIsNotShownInPart() {
        var shown = new Shown[40];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = Questions.reported("thing " + i, "a".repeat(100));
        }
        refused(FailureKind.PROMPT_UNUSABLE, () -> ask(Questions.of(shown), "D 1|OK"));
    }

    private Secret enter(Entry.Wanted wanted, String... answers) throws Refused {
        var program = FakePinentry.command(scratch.resolve("log"), answers);
        return new PinentryPrompt(program, List.of())
                .enter(Questions.entry(wanted), Questions.watch());
    }

    private static void is(String expected, Secret typed) {
        try (typed) {
            assertThat(typed.expose()).isEqualTo(expected.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void secretThatIsNotTypedIsRefused() {
        refused(FailureKind.APPROVAL_REFUSED, () -> enter(Entry.Wanted.PIN, CANCELED));
        refused(
                FailureKind.APPROVAL_REFUSED,
                () -> enter(Entry.Wanted.NEW_PIN, "D 2749|OK", CANCELED));
    }

    @Test
    void weakOrMistypedPinIsAskedForAgain() throws Exception {
        is(
                "2749",
                enter(
                        Entry.Wanted.NEW_PIN,
                        "D 1234|OK",
                        "D 2749|OK",
                        "D 2748|OK",
                        "D 2749|OK",
                        "D 2749|OK"));
        assertThat(told())
                .containsSubsequence(
                        "SETPROMPT New PIN",
                        "SETERROR That PIN would be among the first guesses: choose digits that do"
                                + " not just repeat or count.",
                        "SETPROMPT Again",
                        "SETERROR The two are not the same.",
                        "SETPROMPT Again");
    }

    @Test
    void newPinIsNotAskedForWithoutEnd() {
        refused(
                FailureKind.USAGE,
                () -> enter(Entry.Wanted.NEW_PIN, "D 1|OK", "D 1111|OK", "D 4321|OK"));
    }

    @Test
    void passphraseIsLongOrNoneAndNoIsNotNone() throws Exception {
        refused(FailureKind.APPROVAL_REFUSED, () -> enter(Entry.Wanted.NEW_PASSPHRASE, CANCELED));
        refused(
                FailureKind.USAGE,
                () -> enter(Entry.Wanted.NEW_PASSPHRASE, "D a|OK", "D 1234567|OK", "D b|OK"));
        Files.delete(scratch.resolve("log"));
        is(
                "a longer one",
                enter(
                        Entry.Wanted.NEW_PASSPHRASE,
                        "D a longer one|OK",
                        "OK",
                        "D a longer one|OK",
                        "D a longer one|OK"));
        assertThat(told())
                .contains("SETPROMPT New passphrase", "SETERROR The two are not the same.");
        is("", enter(Entry.Wanted.NEW_PASSPHRASE, "OK"));
        refused(FailureKind.USAGE, () -> enter(Entry.Wanted.PASSPHRASE, "OK", "OK", "OK"));
    }

    @Test
    void recoveryCodeIsReadAsPeopleTypeIt() throws Exception {
        is(
                "abcdefghijklmnopqrstuvwxyz",
                enter(
                        Entry.Wanted.RECOVERY_CODE,
                        "D abcd|OK",
                        "D ABCD EFGH IJKL MNOP QRST UVWX YZ|OK"));
        assertThat(told()).contains("SETPROMPT Recovery code");
    }

    @Test
    void heldPinNeedsNoRules() throws Exception {
        is("1111", enter(Entry.Wanted.PIN, "OK", "D 1111|OK"));
    }

    @Test
    void recoveryCodeIsShownUntilItIsNoted() throws Exception {
        var notice = Questions.notice();
        var refusing = FakePinentry.command(scratch.resolve("log"), CANCELED);
        refused(
                FailureKind.APPROVAL_REFUSED,
                () -> new PinentryPrompt(refusing, List.of()).tell(notice, Questions.watch()));
        Files.delete(scratch.resolve("log"));

        var noting = FakePinentry.command(scratch.resolve("log"), "OK");
        new PinentryPrompt(noting, List.of()).tell(notice, Questions.watch());
        assertThat(told())
                .containsSubsequence(
                        "SETDESC Note the recovery code.%0Arecovery code (made here):%0A    "
                                + Questions.CODE,
                        "SETOK I have noted it",
                        "CONFIRM");
        // What was written over the code on its way.
        assertThat(told().stream().filter(line -> line.startsWith("#")))
                .singleElement()
                .satisfies(line -> assertThat(line).hasSizeGreaterThan(Questions.CODE.length()));
    }
}
