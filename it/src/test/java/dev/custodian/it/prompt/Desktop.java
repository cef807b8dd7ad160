package dev.custodian.it.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.prompt.Notice;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A screen that nobody sees (Xvfb), with a keyboard (xdotool) and a program that asks.
final class Desktop implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");

    private final Path folder;
    private final Process screen;
    private final String display;
    private final Process asking;
    private final PrintStream scenes;
    private int looks;

    private Desktop(Path folder, Process screen, String display, double scale) throws IOException {
        this.folder = folder;
        this.screen = screen;
        this.display = display;
        this.asking =
                on(List.of(
                                JAVA.toString(),
                                "-Dsun.java2d.uiScale=" + scale,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Asking.class.getName()))
                        .redirectOutput(Redirect.appendTo(folder.resolve("said").toFile()))
                        .redirectError(folder.resolve("errors").toFile())
                        .start();
        this.scenes = new PrintStream(asking.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /// @param scale of the screen, 1 for 100 %
    static Desktop start(Path folder, int width, int height, double scale) throws IOException {
        var screen =
                new ProcessBuilder(
                                "Xvfb",
                                "-displayfd",
                                "1",
                                "-nolisten",
                                "tcp",
                                "-screen",
                                "0",
                                width + "x" + height + "x24")
                        .redirectError(folder.resolve("screen").toFile())
                        .start();
        var number = screen.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(number).as(Files.readString(folder.resolve("screen"))).isNotNull();
        return new Desktop(folder, screen, ":" + number, scale);
    }

    private ProcessBuilder on(List<String> line) {
        var builder = new ProcessBuilder(line);
        builder.environment().put("DISPLAY", display);
        return builder;
    }

    /// Runs a program of this screen; returns what it said. Its end with an error is no fault: a
    /// search finds nothing.
    private String run(String... line) throws IOException, InterruptedException {
        var process = on(List.of(line)).redirectError(Redirect.DISCARD).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    /// Has the program ask; what came of a scene before is forgotten.
    void ask(String scene) throws IOException {
        Files.writeString(folder.resolve("said"), "");
        scenes.println(scene);
    }

    void askToo(String scene) {
        scenes.println(scene);
    }

    /// What came of a scene.
    String answer(String scene) throws IOException {
        await().atMost(LIMIT).until(() -> said(scene) != null);
        return String.valueOf(said(scene));
    }

    boolean isAnswered(String scene) throws IOException {
        return said(scene) != null;
    }

    private @Nullable String said(String scene) throws IOException {
        return Files.readString(folder.resolve("said"))
                .lines()
                .filter(line -> line.startsWith(scene + ": "))
                .reduce((_, last) -> last)
                .map(line -> line.substring(scene.length() + 2))
                .orElse(null);
    }

    /// What a screen reader hears of the window that is shown.
    List<String> look() throws IOException {
        var look = "look " + ++looks;
        scenes.println(look);
        return List.of(answer(look).split("\\|", -1));
    }

    /// Waits until a window with this title takes keys.
    void awaitWindow(String title) {
        await().atMost(LIMIT)
                .until(
                        () -> {
                            var seen = look();
                            return seen.contains("text:=" + title)
                                    && seen.stream().anyMatch(part -> part.endsWith("*"))
                                    && seen.stream().noneMatch(Desktop::isDeaf);
                        });
    }

    /// A field, or the only button that needs none, before keys count.
    private static boolean isDeaf(String part) {
        return part.endsWith("-")
                && (part.startsWith("password text:") || part.contains(Notice.NOTED));
    }

    /// Waits until this part has the focus.
    void awaitFocus(String part) {
        await().atMost(LIMIT).until(() -> look().contains(part + "*"));
    }

    void awaitNoWindow() {
        await().atMost(LIMIT).until(() -> window().isEmpty());
    }

    /// The number of the window that is shown; empty for none.
    String window() throws IOException, InterruptedException {
        return run("xdotool", "search", "--onlyvisible", "--name", "^Custodian$");
    }

    /// Presses keys, as xdotool names them.
    void press(String... keys) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("xdotool", "key", "--delay", "20"));
        line.addAll(List.of(keys));
        run(line.toArray(String[]::new));
    }

    void type(String text) throws IOException, InterruptedException {
        run("xdotool", "type", "--delay", "20", text);
    }

    /// Takes a picture of the window.
    void picture(Path file) throws IOException, InterruptedException {
        var place = new ArrayList<>(List.of("0", "0", "0", "0"));
        for (var line : run("xdotool", "getwindowgeometry", "--shell", window()).lines().toList()) {
            var names = List.of("X", "Y", "WIDTH", "HEIGHT");
            int at = names.indexOf(line.substring(0, line.indexOf('=')));
            if (at >= 0) {
                place.set(at, line.substring(line.indexOf('=') + 1));
            }
        }
        var line =
                new ArrayList<>(
                        List.of(
                                JAVA.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Screenshot.class.getName(),
                                file.toString()));
        line.addAll(place);
        run(line.toArray(String[]::new));
    }

    @Override
    public void close() {
        asking.destroyForcibly();
        screen.destroy();
    }
}
