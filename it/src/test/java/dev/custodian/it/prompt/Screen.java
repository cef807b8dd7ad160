package dev.custodian.it.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A screen that nobody sees (Xvfb), with a keyboard (xdotool).
public final class Screen implements AutoCloseable {
    static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");

    private final Process process;
    private final String display;

    private Screen(Process process, String display) {
        this.process = process;
        this.display = display;
    }

    /// Makes one.
    ///
    /// @param folder for what it complains of
    public static Screen start(Path folder, int width, int height) throws IOException {
        var complaints = folder.resolve("screen");
        var process =
                new ProcessBuilder(
                                "Xvfb",
                                "-displayfd",
                                "1",
                                "-nolisten",
                                "tcp",
                                "-screen",
                                "0",
                                width + "x" + height + "x24")
                        .redirectError(complaints.toFile())
                        .start();
        var number = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(number).as(Files.readString(complaints)).isNotNull();
        return new Screen(process, ":" + number);
    }

    /// What `DISPLAY` is for its programs.
    public String display() {
        return display;
    }

    ProcessBuilder on(List<String> line) {
        var builder = new ProcessBuilder(line);
        builder.environment().put("DISPLAY", display);
        return builder;
    }

    /// Runs a program of this screen; returns what it said. Its end with an error is no fault: a
    /// search finds nothing.
    private String run(String... line) throws IOException, InterruptedException {
        var program = on(List.of(line)).redirectError(Redirect.DISCARD).start();
        var said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        program.waitFor();
        return said.strip();
    }

    /// The number of the window that the prompt shows; empty for none.
    public String window() throws IOException, InterruptedException {
        return run("xdotool", "search", "--onlyvisible", "--name", "^Custodian$");
    }

    /// Waits until the prompt shows none.
    public void awaitNoWindow() {
        await().atMost(Observed.LIMIT).until(() -> window().isEmpty());
    }

    /// Presses keys, as xdotool names them.
    public void press(String... keys) throws IOException, InterruptedException {
        press(20, keys);
    }

    void press(int milliseconds, String... keys) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("xdotool", "key", "--delay", "" + milliseconds));
        line.addAll(List.of(keys));
        run(line.toArray(String[]::new));
    }

    /// Types a text.
    public void type(String text) throws IOException, InterruptedException {
        run("xdotool", "type", "--delay", "20", text);
    }

    /// Takes a picture of the window.
    public void picture(Path file) throws IOException, InterruptedException {
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
        process.destroy();
    }
}
