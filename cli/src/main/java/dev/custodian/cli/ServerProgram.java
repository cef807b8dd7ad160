package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The server's program, in processes of its own: the CLI never links it (DESIGN §3). Closing ends
/// whatever still runs.
final class ServerProgram implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;
    private static final int END_SECONDS = 10;
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int LONGEST_COMPLAINT = 2_000;

    private static final List<String> OPTIONS =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");

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

    private final Path java;
    private final Path lib;
    private final DemoFolder folder;
    private final List<Process> started = new ArrayList<>();
    private boolean closed;

    private ServerProgram(Path java, Path lib, DemoFolder folder) {
        this.java = java;
        this.lib = lib;
        this.folder = folder;
    }

    /// The program as it was built beside this one, run by the Java that runs us.
    ///
    /// @param home the top folder, as `./custodian` passes it
    /// @param folder where a server's log is kept
    static ServerProgram in(Path home, DemoFolder folder) throws Refused {
        var lib = home.resolve("server").resolve("target").resolve("lib");
        if (!Files.isDirectory(lib)) {
            throw new Refused(
                    FailureKind.FILE_UNREADABLE,
                    "There is no server in " + lib + ": start the demo with ./custodian demo.");
        }
        return new ServerProgram(
                Path.of(System.getProperty("java.home"), "bin", "java"), lib, folder);
    }

    /// Runs an administrative command to its end and returns the members of the object that it
    /// prints.
    Members command(Work work, List<String> arguments) throws Refused, InterruptedException {
        var what = named(arguments);
        var line = new ArrayList<>(arguments);
        line.add("--json");
        var process = start(what, work, line, Redirect.PIPE);
        // What it says is short: it fits a pipe, so that it need not be read while it runs.
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE,
                    what + " did not end within " + LIMIT_SECONDS + " seconds.");
        }
        var answer = read(process.getInputStream());
        if (process.exitValue() != 0) {
            throw failed(what, answer, read(process.getErrorStream()));
        }
        return members(what, Bytes.utf8(answer));
    }

    private static String read(InputStream pipe) {
        try (pipe) {
            return new String(pipe.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }

    /// A server that serves.
    ///
    /// @param ready the members of its ready line
    record Serving(Process process, Members ready) {}

    /// Starts a server and waits until it serves.
    Serving serve(Path config) throws Refused, InterruptedException {
        var what = "custodian-server run";
        var log = folder.resolve("server.log");
        var process =
                start(
                        what,
                        Work.MUCH,
                        List.of("run", "--config", config.toString()),
                        Redirect.to(log.toFile()));
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
            var ready = line.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (ready.isEmpty()) {
                process.waitFor(END_SECONDS, TimeUnit.SECONDS);
                throw failed(what, "", read(log));
            }
            return new Serving(process, members(what, Bytes.utf8(ready)));
        } catch (TimeoutException _) {
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE,
                    "The server did not start within " + LIMIT_SECONDS + " seconds.");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private synchronized Process start(
            String what, Work work, List<String> arguments, Redirect complaints)
            throws Refused, InterruptedException {
        if (closed) {
            throw new InterruptedException("ending");
        }
        var line = new ArrayList<String>();
        line.add(java.toString());
        line.addAll(OPTIONS);
        line.addAll(work.options);
        // What libraries unpack goes with the folder.
        line.add("-Djava.io.tmpdir=" + folder.path());
        line.addAll(List.of("-cp", lib + "/*", "dev.custodian.server.Main"));
        line.addAll(arguments);
        try {
            var process = new ProcessBuilder(line).redirectError(complaints).start();
            started.add(process);
            process.getOutputStream().close();
            return process;
        } catch (IOException _) {
            throw new Refused(FailureKind.INTERNAL, what + " could not be started.");
        }
    }

    private static String named(List<String> arguments) {
        var words = new StringBuilder("custodian-server");
        for (var argument : arguments) {
            if (argument.startsWith("-")) {
                break;
            }
            words.append(' ').append(argument);
        }
        return words.toString();
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException _) {
            return "";
        }
    }

    /// The program's own failure where it tells one, else what it said.
    private Refused failed(String what, String answer, String complaints) {
        try {
            var told = Json.members(Json.parse(Bytes.utf8(answer), LARGEST_ANSWER), what);
            var id = told.text("failure");
            var detail = told.text("detail");
            for (var kind : FailureKind.values()) {
                if (kind.id().equals(id)) {
                    return new Refused(
                            kind,
                            detail.isEmpty() ? what + " failed in " + folder.path() + "." : detail);
                }
            }
            return unforeseen(what, complaints);
        } catch (MalformedException _) {
            return unforeseen(what, complaints);
        }
    }

    private static Refused unforeseen(String what, String complaints) {
        var said = complaints.strip();
        var start = Math.max(0, said.length() - LONGEST_COMPLAINT);
        return new Refused(
                FailureKind.INTERNAL,
                what + (said.isEmpty() ? " failed." : " said: " + said.substring(start)));
    }

    private static Members members(String what, Bytes answer) throws Refused {
        try {
            return Json.members(Json.parse(answer, LARGEST_ANSWER), what);
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, what + " answered what is " + e.getMessage());
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
