package dev.custodian.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A run of `./custodian` in a folder of its own, with a temporary folder of its own, so that
/// whatever it leaves is found.
final class Custodian implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(4);

    private final Path work;
    private final Path temporary;
    private final Process process;

    private Custodian(Path work, Path temporary, Process process) {
        this.work = work;
        this.temporary = temporary;
        this.process = process;
    }

    /// Starts `./custodian` without a terminal.
    ///
    /// @param scratch holds `work`, where it runs, and what is captured
    /// @param jvm options for its JVM and those that it starts
    static Custodian start(Path scratch, String jvm, String... arguments) throws IOException {
        var line = new ArrayList<>(List.of(program().toString()));
        line.addAll(List.of(arguments));
        return start(scratch, jvm, line);
    }

    /// The same, with one variable that is set otherwise.
    static Custodian startWith(Path scratch, String variable, String jvm, String... arguments)
            throws IOException {
        var line = new ArrayList<>(List.of("env", variable, program().toString()));
        line.addAll(List.of(arguments));
        return start(scratch, jvm, line);
    }

    /// Starts it on a terminal that `script` makes; what is typed goes to
    /// [Process#getOutputStream].
    static Custodian onTerminal(Path scratch, String arguments) throws IOException {
        return start(
                scratch, "", List.of("script", "-qfec", program() + " " + arguments, "/dev/null"));
    }

    static Path program() {
        return Path.of(System.getProperty("custodian.home"), "custodian");
    }

    private static Custodian start(Path scratch, String jvm, List<String> line) throws IOException {
        var work = Files.createDirectories(scratch.resolve("work"));
        var temporary = Files.createDirectories(scratch.resolve("tmp"));
        // A shell that runs the tests in the background has them ignore Ctrl-C, and what they
        // start.
        var heeding = new ArrayList<>(List.of("env", "--default-signal=INT"));
        heeding.addAll(line);
        var builder =
                new ProcessBuilder(heeding)
                        .directory(work.toFile())
                        .redirectOutput(scratch.resolve("stdout").toFile())
                        .redirectError(scratch.resolve("stderr").toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary + " " + jvm);
        return new Custodian(work, temporary, builder.start());
    }

    Path work() {
        return work;
    }

    Path temporary() {
        return temporary;
    }

    /// Types a line.
    void type(String line) throws IOException {
        var keyboard = process.getOutputStream();
        keyboard.write(line.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /// The exit code, waited for.
    int exit() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("ends; it said: %s %s", stdout(), stderr())
                .isTrue();
        return process.exitValue();
    }

    String stdout() {
        return read("stdout");
    }

    String stderr() {
        return read("stderr");
    }

    private String read(String name) {
        try {
            // the last character may be there in part only
            return new String(
                    Files.readAllBytes(temporary.resolveSibling(name)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits until it has said something on stdout or stderr.
    void awaitWords(String words) {
        awaitWords(words, 1);
    }

    /// Waits until it has said something so many times on stdout or stderr.
    void awaitWords(String words, int times) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> requireRunningOrSaid(words, times))
                .until(() -> hasSaid(words, times));
    }

    private void requireRunningOrSaid(String words, int times) {
        var running = process.isAlive();
        assertThat(running || hasSaid(words, times))
                .as("ended without %s: %s%s", words, stdout(), stderr())
                .isTrue();
    }

    private boolean hasSaid(String words, int times) {
        return count(stdout(), words) >= times || count(stderr(), words) >= times;
    }

    private static int count(String said, String words) {
        return said.split(Pattern.quote(words), -1).length - 1;
    }

    /// Names of the files in its folder.
    List<String> files() throws IOException {
        try (var files = Files.list(work)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// Asserts that no process and no temporary file is left.
    void assertNothingLeft() {
        assertThat(temporary).isEmptyDirectory();
        assertThat(processes()).isEmpty();
    }

    /// Command lines of all processes that know its temporary folder.
    List<String> processes() {
        return knowing().map(Custodian::line).toList();
    }

    private Stream<ProcessHandle> knowing() {
        return ProcessHandle.allProcesses()
                .filter(handle -> line(handle).contains(temporary.toString()));
    }

    private static String line(ProcessHandle handle) {
        return handle.info().commandLine().orElse("");
    }

    /// The terminal of each of them, as `ps` names it; `?` for none.
    List<String> terminals() throws Exception {
        var terminals = new ArrayList<String>();
        for (var handle : knowing().toList()) {
            var line = List.of("ps", "-o", "tty=", "-p", Long.toString(handle.pid()));
            try (var said = new ProcessBuilder(line).start().inputReader()) {
                terminals.add(said.readLine().strip());
            }
        }
        return terminals;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
