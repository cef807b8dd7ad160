package dev.custodian.it.prompt;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A [Screen] with a program that asks.
final class Desktop implements AutoCloseable {
    static final Duration LIMIT = Observed.LIMIT;

    private final Path said;
    private final Screen screen;
    private final Process asking;
    private final Observed observed;

    private Desktop(Path folder, Screen screen, double scale) throws IOException {
        this.said = folder.resolve("said");
        this.screen = screen;
        this.asking =
                screen.on(
                                List.of(
                                        Screen.JAVA.toString(),
                                        "-Dsun.java2d.uiScale=" + scale,
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Asking.class.getName()))
                        .redirectOutput(Redirect.appendTo(said.toFile()))
                        .redirectError(folder.resolve("errors").toFile())
                        .start();
        this.observed = new Observed(asking, said);
    }

    /// @param scale of the screen, 1 for 100 %
    static Desktop start(Path folder, int width, int height, double scale) throws IOException {
        return new Desktop(folder, Screen.start(folder, width, height), scale);
    }

    /// Has the program ask; what came of a scene before is forgotten.
    void ask(String scene) throws IOException {
        Files.writeString(said, "");
        observed.tell(scene);
    }

    void askToo(String scene) {
        observed.tell(scene);
    }

    /// What came of a scene.
    String answer(String scene) throws IOException {
        return observed.answer(scene);
    }

    boolean isAnswered(String scene) throws IOException {
        return observed.said(scene) != null;
    }

    /// What a screen reader hears of the window that is shown.
    List<String> look() throws IOException {
        return observed.look();
    }

    /// Waits until a window with this title takes keys.
    void awaitWindow(String title) {
        observed.awaitWindow(title);
    }

    /// Waits until this part has the focus.
    void awaitFocus(String part) {
        observed.awaitFocus(part);
    }

    void awaitNoWindow() {
        screen.awaitNoWindow();
    }

    /// The number of the window that is shown; empty for none.
    String window() throws IOException, InterruptedException {
        return screen.window();
    }

    /// Presses keys, as xdotool names them.
    void press(String... keys) throws IOException, InterruptedException {
        screen.press(keys);
    }

    /// The same, as fast as keys can be.
    void hurry(String... keys) throws IOException, InterruptedException {
        screen.press(1, keys);
    }

    void type(String text) throws IOException, InterruptedException {
        screen.type(text);
    }

    /// Takes a picture of the window.
    void picture(Path file) throws IOException, InterruptedException {
        screen.picture(file);
    }

    @Override
    public void close() {
        asking.destroyForcibly();
        screen.close();
    }
}
