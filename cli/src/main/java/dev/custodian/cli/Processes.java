package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Our other programs, each in a process of its own: the CLI links neither server nor agent (DESIGN
/// §3). Closing ends whatever still runs.
final class Processes implements AutoCloseable {
    static final int LIMIT_SECONDS = 60;

    private static final int END_SECONDS = 10;

    /// The Java that runs us runs them.
    private static final String JAVA = Objects.requireNonNull(System.getProperty("java.home"));

    private static final List<String> OPTIONS =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");

    /// In a session of its own: Ctrl-C is for us alone, who then end it. Otherwise it could be gone
    /// before we know that the person stopped us, and we would call that a fault.
    private static final List<String> ALONE = List.of("setsid");

    /// How much a process has to compute.
    enum Work {
        /// What starts fast matters, what runs fast does not.
        LITTLE(List.of("-XX:TieredStopAtLevel=1")),
        /// RSA keys are made four times faster with the second compiler.
        MUCH(List.of());

        private final List<String> options;

        Work(List<String> options) {
            this.options = options;
        }
    }

    private final Path home;
    private final DemoFolder folder;
    private final List<Process> started = new ArrayList<>();
    private boolean closed;

    private Processes(Path home, DemoFolder folder) {
        this.home = home;
        this.folder = folder;
    }

    /// The programs as they were built beside this one.
    ///
    /// @param home the top folder, as `./custodian` passes it
    /// @param folder where logs are kept
    static Processes in(Path home, DemoFolder folder) throws Refused {
        var processes = new Processes(home, folder);
        if (!Files.isDirectory(processes.lib())) {
            throw new Refused(
                    FailureKind.FILE_UNREADABLE,
                    "There is no server in "
                            + processes.lib()
                            + ": start the demo with ./custodian demo.");
        }
        return processes;
    }

    private Path lib() {
        return home.resolve("server").resolve("target").resolve("lib");
    }

    /// The script that runs the `custodian` command.
    Path command() {
        return home.resolve("custodian");
    }

    DemoFolder folder() {
        return folder;
    }

    /// Starts the server's program; its input is empty.
    Process server(Work work, List<String> arguments, Redirect complaints)
            throws Refused, InterruptedException {
        var line = new ArrayList<>(ALONE);
        line.add(Path.of(JAVA, "bin", "java").toString());
        line.addAll(OPTIONS);
        line.addAll(work.options);
        // What libraries unpack goes with the folder.
        line.add("-Djava.io.tmpdir=" + folder.path());
        line.addAll(List.of("-cp", lib() + "/*", "dev.custodian.server.Main"));
        line.addAll(arguments);
        return start(new ProcessBuilder(line).redirectError(complaints));
    }

    /// Starts the agent as its users do; its input is empty.
    Process agent(List<String> arguments, Redirect complaints)
            throws Refused, InterruptedException {
        var line = new ArrayList<>(ALONE);
        line.addAll(List.of(command().toString(), "agent"));
        line.addAll(arguments);
        var builder = new ProcessBuilder(line).redirectError(complaints);
        builder.environment().put("JAVA_HOME", JAVA);
        // On a terminal the demo's agent asks there, not by a window.
        builder.environment().remove("DISPLAY");
        return start(builder);
    }

    /// Starts a program of others; its input is empty unless the builder redirects it.
    synchronized Process start(ProcessBuilder builder) throws Refused, InterruptedException {
        if (closed) {
            throw new InterruptedException("ending");
        }
        try {
            var process = builder.start();
            started.add(process);
            process.getOutputStream().close();
            return process;
        } catch (IOException _) {
            throw new Refused(
                    FailureKind.INTERNAL, builder.command().getFirst() + " could not be started.");
        }
    }

    /// The first line that a process says on its standard output; empty when it ends without one.
    static String firstLine(Process process, String what) throws Refused, InterruptedException {
        var line =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                var read = process.inputReader(StandardCharsets.UTF_8).readLine();
                                return read == null ? "" : read;
                            } catch (IOException _) {
                                return "";
                            }
                        });
        try {
            var said = line.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (said.isEmpty()) {
                process.waitFor(END_SECONDS, TimeUnit.SECONDS);
            }
            return said;
        } catch (TimeoutException _) {
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE,
                    what + " did not start within " + LIMIT_SECONDS + " seconds.");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// What a program has written into its log.
    static String log(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException _) {
            return "";
        }
    }

    /// Waits for the ends, interrupted or not.
    @Override
    public void close() {
        List<Process> ending;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(started);
        }
        ending.forEach(Process::destroy);
        for (var process : ending) {
            try {
                process.onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
            } catch (CompletionException _) {
                process.destroyForcibly().onExit().join();
            }
        }
    }
}
