package dev.custodian.it.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A [CrashServer] that serves, until it dies or is closed.
final class ServerProcess implements AutoCloseable {
    // long: a soak may run at idle priority
    private static final int LIMIT_SECONDS = 600;

    private final Process process;
    private final BufferedReader out;
    private final Path log;
    private final URI url;

    private ServerProcess(Process process, Path log) throws Exception {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.log = log;
        this.url = URI.create(line());
    }

    /// Starts one and waits until it serves.
    ///
    /// @param options as [CrashServer] takes them
    static ServerProcess start(Estate estate, String... options) throws Exception {
        return start(estate, List.of(), options);
    }

    /// Starts one that leaves what it loaded as a cache ([JEP 514](https://openjdk.org/jeps/514))
    /// for its followers on this estate: a start then costs half.
    static ServerProcess startFirst(Estate estate) throws Exception {
        return start(estate, List.of(), List.of("-XX:AOTCacheOutput=" + cache(estate)));
    }

    private static Path cache(Estate estate) {
        return estate.log("server.aot");
    }

    /// @param before a command that runs the rest of its line, such as `unshare`
    static ServerProcess start(Estate estate, List<String> before, String... options)
            throws Exception {
        boolean cached = Files.exists(cache(estate));
        return start(
                estate,
                before,
                cached ? List.of("-XX:AOTCache=" + cache(estate)) : List.of(),
                options);
    }

    private static ServerProcess start(
            Estate estate, List<String> before, List<String> virtualMachine, String... options)
            throws Exception {
        var line = new ArrayList<>(before);
        line.addAll(
                java(
                        virtualMachine,
                        CrashServer.class.getName(),
                        estate.config().toString(),
                        estate.folder().toString()));
        line.addAll(List.of(options));
        var log = estate.log("server.log");
        var process =
                new ProcessBuilder(line).redirectError(Redirect.appendTo(log.toFile())).start();
        try {
            return new ServerProcess(process, log);
        } catch (Exception | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// The line that runs a class of this class path.
    static List<String> java(String... classAndArguments) throws IOException {
        return java(List.of(), classAndArguments);
    }

    private static List<String> java(List<String> virtualMachine, String... classAndArguments)
            throws IOException {
        var line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                // what it says of a cache is no URL
                                "-Xlog:disable",
                                "-Xlog:all=warning:stderr",
                                "-Dlogback.configurationFile="
                                        + ServerProcess.class.getResource("/logback-test.xml")));
        line.addAll(ClassPath.options());
        line.addAll(virtualMachine);
        line.addAll(List.of(classAndArguments));
        return line;
    }

    private String line() throws Exception {
        var line =
                CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return out.readLine();
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                })
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("the server ended: " + Files.readString(log));
        }
        return line;
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /// Writes a command without waiting for it.
    void tell(String command) throws IOException {
        var in = process.outputWriter(StandardCharsets.UTF_8);
        in.write(command + "\n");
        in.flush();
    }

    /// Waits until it has obeyed.
    void obeyed(String command) throws Exception {
        var line = line();
        if (!line.equals(command)) {
            throw new AssertionError("it said: " + line);
        }
    }

    void obey(String command) throws Exception {
        tell(command);
        obeyed(command);
    }

    /// Sends it a signal, such as `STOP`.
    void signal(String name) throws Exception {
        var sent = new ProcessBuilder("kill", "-" + name, "" + pid()).inheritIO().start();
        if (sent.waitFor() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    /// Whether it dies within this time.
    boolean dies(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    int exit() {
        return process.exitValue();
    }

    /// Ends it as SIGKILL does.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Ends as SIGKILL does what the command before it has started.
    void killChild() {
        process.children().forEach(ProcessHandle::destroyForcibly);
    }

    /// Ends it in order.
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it is dead already
        }
        try {
            if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
