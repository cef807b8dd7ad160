package dev.custodian.it.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The real window of the prompt, on a screen that nobody sees, driven by keys alone.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialogIT {
    private static final String LOGIN = "Log in for ssh, process 4711?";
    private static final String COMMIT = "Sign code for git, process 5120?";

    private Desktop desktop;
    private Path scratch;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        scratch = folder;
        desktop = Desktop.start(folder, 1280, 1024, 1);
    }

    @AfterAll
    void end() {
        desktop.close();
    }

    /// What a test that failed left open would fail the next ones.
    @AfterEach
    void refuse() throws Exception {
        while (!desktop.window().isEmpty()) {
            desktop.press("Escape");
        }
    }

    private void show(String scene, String title) throws IOException {
        desktop.ask(scene);
        desktop.awaitWindow(title);
    }

    @ParameterizedTest
    @CsvSource({
        // the default button
        "'', Return",
        "'', Escape",
        "'', alt+r",
        "2749, Escape",
        "2749, alt+r",
    })
    void noIsOneKey(String typed, String key) throws Exception {
        show("login", LOGIN);
        desktop.type(typed);
        desktop.press(key);
        assertThat(desktop.answer("login")).isEqualTo("no");
        desktop.awaitNoWindow();
    }

    @Test
    void pinAndItsReturnKeyAreNotYet() throws Exception {
        show("login", LOGIN);
        assertThat(desktop.look())
                .contains("push button:Approve-", "push button:Refuse")
                .anyMatch(one -> one.matches("label:Refused by itself in [12]:[0-5][0-9]"));
        desktop.type("2749");
        desktop.press("Return");
        desktop.awaitFocus("push button:Approve");
        assertThat(desktop.isAnswered("login")).isFalse();
        desktop.press("Return");
        assertThat(desktop.answer("login")).isEqualTo("yes, 2749");
    }

    @Test
    void yesIsReachedByTabAndByLetter() throws Exception {
        show("login", LOGIN);
        desktop.type("2749");
        desktop.press("Tab");
        desktop.awaitFocus("push button:Approve");
        desktop.press("space");
        assertThat(desktop.answer("login")).isEqualTo("yes, 2749");
        show("login", LOGIN);
        desktop.type("1357");
        desktop.press("alt+a");
        assertThat(desktop.answer("login")).isEqualTo("yes, 1357");
    }

    /// How long keys certainly do not count after the window has opened: they have some time of the
    /// 700 ms to come to the program.
    private static final Duration DEAF = Duration.ofMillis(500);

    /// Asks while somebody types.
    ///
    /// @return how long ago there was no window yet, at most, when the last key was pressed
    private Duration askWhoTypes() throws Exception {
        desktop.ask("login");
        long unseen;
        long now = System.nanoTime();
        do {
            unseen = now;
            desktop.hurry("2", "7", "4", "9", "Return", "Return", "alt+a");
            now = System.nanoTime();
        } while (desktop.window().isEmpty());
        desktop.hurry("2", "7", "4", "9", "Return", "Return", "alt+a");
        return Duration.ofNanos(System.nanoTime() - unseen);
    }

    @Test
    void keysThatWereMeantForAnotherWindowAnswerNothing() throws Exception {
        for (int tries = 1; askWhoTypes().compareTo(DEAF) >= 0; tries++) {
            // On a machine so slow that the last of them counted.
            assertThat(tries).isLessThan(20);
            refuse();
            // before the next question of this name
            desktop.answer("login");
        }
        desktop.awaitWindow(LOGIN);
        assertThat(desktop.isAnswered("login")).isFalse();
        // nothing of it was kept
        assertThat(desktop.look()).contains("push button:Approve-");
        desktop.press("Escape");
        assertThat(desktop.answer("login")).isEqualTo("no");
    }

    @Test
    void nobodyIsNo() throws Exception {
        desktop.ask("short");
        assertThat(desktop.answer("short")).isEqualTo("APPROVAL_TIMED_OUT");
        desktop.awaitNoWindow();
    }

    @Test
    void secondQuestionWaitsAndBothAreNamed() throws Exception {
        show("login", LOGIN);
        desktop.askToo("commit");
        await().atMost(Desktop.LIMIT)
                .until(() -> desktop.look().contains("label:Waiting for their turn: 1"));
        assertThat(desktop.look()).contains("text:=" + LOGIN, "text:question that waits=" + COMMIT);
        desktop.press("Escape");
        assertThat(desktop.answer("login")).isEqualTo("no");
        desktop.awaitWindow(COMMIT);
        desktop.press("Escape");
        assertThat(desktop.answer("commit")).isEqualTo("no");
    }

    @Test
    void moreThanThisIsAChoice() throws Exception {
        show("commit", COMMIT);
        desktop.press("alt+w");
        desktop.awaitFocus("radio button:Allow this and, without asking again:");
        desktop.press("Tab");
        desktop.awaitFocus("password text:PIN");
        desktop.type("2749");
        desktop.press("alt+a");
        assertThat(desktop.answer("commit"))
                .isEqualTo(
                        "yes and ssh-keygen in this terminal session: up to 50 signatures in 10"
                                + " minutes, 2749");
        show("commit", COMMIT);
        desktop.type("2749");
        desktop.press("alt+a");
        assertThat(desktop.answer("commit")).isEqualTo("yes, 2749");
    }

    @Test
    void programThatEndsTakesItsQuestionAway() throws Exception {
        var gone = scratch.resolve("gone");
        show("gone " + gone, LOGIN);
        Files.createFile(gone);
        assertThat(desktop.answer("gone " + gone)).isEqualTo("PROGRAM_REFUSED");
        desktop.awaitNoWindow();
    }

    @Test
    void newPinIsTypedTwiceAndByTheRules() throws Exception {
        show("new-pin", "Choose a PIN for this owner.");
        type("1234", "1234");
        desktop.awaitFocus("password text:New PIN");
        assertThat(desktop.look())
                .anyMatch(one -> one.startsWith("text:=That PIN would be among the first guesses"));
        type("2749", "2748");
        desktop.awaitFocus("password text:New PIN");
        assertThat(desktop.look()).contains("text:=The two are not the same.");
        type("2749", "2749");
        assertThat(desktop.answer("new-pin")).isEqualTo("2749");
    }

    private void type(String first, String again) throws Exception {
        desktop.type(first);
        desktop.press("Return");
        desktop.awaitFocus("password text:Again");
        desktop.type(again);
        desktop.press("Return");
        desktop.awaitFocus("push button:Continue");
        desktop.press("Return");
    }

    @Test
    void recoveryCodeIsTypedAndNoted() throws Exception {
        show("code", "Recover the owner with the recovery code.");
        desktop.type("exam-plex-exam-plex-exam-plex-ex");
        desktop.press("alt+c");
        assertThat(desktop.answer("code")).isEqualTo("examplexexamplexexamplexex");

        show("notice", "Note the recovery code.");
        assertThat(desktop.look()).contains("label:exam-plex-exam-plex-exam-plex-ex");
        desktop.press("alt+i");
        assertThat(desktop.answer("notice")).isEqualTo("noted");
        show("notice", "Note the recovery code.");
        desktop.press("Return");
        assertThat(desktop.answer("notice")).isEqualTo("APPROVAL_REFUSED");
    }

    @Test
    void hostileNamesAreHeardInBoxesAlone() throws Exception {
        show("hostile", "Sign a document for a program, process 666?");
        assertThat(desktop.look())
                .filteredOn(one -> one.contains("invoice") || one.contains("bank.example"))
                .hasSize(3)
                .allMatch(one -> one.matches("text:(program|document|host), reported=.*"));
        assertThat(String.join("", desktop.look()))
                .doesNotContainPattern("[\\p{Cntrl}\u202E\u2028]");
        desktop.press("Escape");
        assertThat(desktop.answer("hostile")).isEqualTo("no");
    }

    /// Scenes, their titles and what is typed before the picture is taken.
    private static final String[][] PICTURES = {
        {"login", LOGIN, "2749"},
        {"commit", COMMIT, ""},
        {"document", "Sign a document for pdfsig, process 6001?", ""},
        {"hostile", "Sign a document for a program, process 666?", ""},
        {"pin", "Let another device join?", "2749"},
        {"new-pin", "Choose a PIN for this owner.", "2749"},
        {"code", "Recover the owner with the recovery code.", "exam-plex"},
        {"notice", "Note the recovery code.", ""},
    };

    @ParameterizedTest
    @CsvSource({"1, 1280, 800, 100", "2, 1920, 1200, 200"})
    void itIsLookedAt(double scale, int width, int height, String percent, @TempDir Path folder)
            throws Exception {
        var pictures = Files.createDirectories(Path.of("target/prompt"));
        try (var screen = Desktop.start(folder, width, height, scale)) {
            for (var scene : PICTURES) {
                screen.ask(scene[0]);
                screen.awaitWindow(scene[1]);
                screen.type(scene[2]);
                var file = pictures.resolve(scene[0] + "-" + percent + ".png");
                screen.picture(file);
                screen.press("Escape");
                screen.answer(scene[0]);
                var picture = ImageIO.read(file.toFile());
                assertThat(picture.getWidth()).isBetween((int) (700 * scale), width);
                assertThat(picture.getHeight()).isBetween((int) (200 * scale), height);
            }
        }
    }
}
