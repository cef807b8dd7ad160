package dev.custodian.it;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The agent as it is shipped, with a pinentry in whose place a script answers as the test says: it
/// is asked in all forms, and what it is told can be read.
final class AgentProcess implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private final Path folder;
    private final Process process;
    private final Path socket;

    private AgentProcess(Path folder, Process process, Path socket) {
        this.folder = folder;
        this.process = process;
        this.socket = socket;
    }

    /// Starts it on the device in `folder/device`.
    static AgentProcess start(Path folder) throws Exception {
        return start(folder, "", List.of(), Map.of());
    }

    /// The same, with more options of the JVM and more variables.
    static AgentProcess startUnder(
            Path folder, List<String> options, Map<String, String> environment) throws Exception {
        return start(folder, "", options, environment);
    }

    /// The same, with classes that are found before its own.
    static AgentProcess startWith(Path classes, Path folder) throws Exception {
        return start(folder, classes + File.pathSeparator, List.of(), Map.of());
    }

    private static AgentProcess start(
            Path folder, String before, List<String> options, Map<String, String> environment)
            throws Exception {
        var pinentry = folder.resolve("pinentry");
        Files.writeString(
                pinentry,
                """
                #!/bin/sh
                cd '%s'
                echo OK Pleased to meet you
                while read -r line; do
                    printf '%%s\\n' "$line" >> asked
                    case $line in
                        GETPIN) while [ -e held ]; do sleep 0.1; done; cat answer ;;
                        CONFIRM*) cat choice ;;
                        *) echo OK ;;
                    esac
                done
                """
                        .formatted(folder));
        Files.writeString(folder.resolve("choice"), "OK\n");
        Files.setPosixFilePermissions(pinentry, PosixFilePermissions.fromString("rwx------"));
        var line = new ArrayList<>(line(folder, before));
        line.addAll(1, options);
        var cache = Program.HOME.resolve("agent/target/agent.aot");
        if (before.isEmpty() && options.isEmpty() && Files.exists(cache)) {
            line.addAll(1, List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off"));
        }
        var builder = new ProcessBuilder(line);
        builder.environment().put(Program.BUS, Program.NO_BUS);
        builder.environment().putAll(environment);
        var process =
                builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectError(Redirect.appendTo(folder.resolve("agent.log").toFile()))
                        .start();
        var ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (ready == null || !ready.startsWith("SSH_AUTH_SOCK=")) {
            throw new AssertionError(
                    "the agent did not start:\n" + Files.readString(folder.resolve("agent.log")));
        }
        return new AgentProcess(
                folder, process, Path.of(ready.substring("SSH_AUTH_SOCK=".length())));
    }

    /// The command that starts one in `folder`.
    static List<String> line(Path folder) {
        return line(folder, "");
    }

    private static List<String> line(Path folder, String before) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xms16m",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                before + Program.HOME.resolve("agent/target/lib") + "/*",
                "dev.custodian.agent.Main",
                "--state",
                folder.resolve("device").toString(),
                "--sockets",
                folder.resolve("sockets").toString(),
                "--pinentry",
                folder.resolve("pinentry").toString());
    }

    Path socket() {
        return socket;
    }

    /// From now on the person types this PIN, or says no when it is empty. What was asked before is
    /// forgotten.
    void willAnswer(String pin) throws IOException {
        release();
        Files.writeString(
                folder.resolve("answer"),
                pin.isEmpty()
                        ? "ERR 83886179 Operation cancelled <Pinentry>\n"
                        : "D " + pin + "\nOK\n");
        Files.writeString(folder.resolve("asked"), "");
        Files.writeString(folder.resolve("choice"), "OK\n");
    }

    /// From now on nobody answers until pinentry has waited long enough.
    void willSayNothing() throws IOException {
        willAnswer("");
        Files.writeString(folder.resolve("answer"), "ERR 83886142 Timeout <Pinentry>\n");
    }

    /// From now on the person reads each question and does not answer yet.
    void hold() throws IOException {
        Files.writeString(folder.resolve("held"), "");
    }

    /// The person answers.
    void release() throws IOException {
        Files.deleteIfExists(folder.resolve("held"));
    }

    /// Whether a question stands on the screen.
    boolean isAsking() {
        return process.children().findAny().isPresent();
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("agent.log"));
    }

    /// The same, and the person allows what more is offered.
    void willAllowMore(String pin) throws IOException {
        willAnswer(pin);
        Files.writeString(folder.resolve("choice"), "ERR 83886194 Not confirmed <Pinentry>\n");
    }

    /// The descriptions of the questions for a PIN since then, a line of `|` for each line feed.
    List<String> asked() throws IOException {
        var asked = new ArrayList<String>();
        var description = "";
        for (var line : Files.readAllLines(folder.resolve("asked"))) {
            if (line.startsWith("SETDESC ")) {
                description = line.substring(8).replace("%0A", "|").replace("%25", "%");
            } else if (line.equals("GETPIN")) {
                asked.add(description);
            }
        }
        return asked;
    }

    long pid() {
        return process.pid();
    }

    /// Ends it as an operating system does that has no memory left.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// Ends it as a desktop does that logs out.
    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    }
}
