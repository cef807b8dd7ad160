package dev.custodian.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A [MeasuredServer] in a process of its own, until this is closed.
final class ServerProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Path log;
    private final URI url;

    private ServerProcess(Process process, Path log) throws IOException {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.log = log;
        this.url = URI.create(line());
    }

    static ServerProcess start(Path config, Path log) throws IOException {
        var process =
                Program.builder(java(MeasuredServer.class.getName(), config.toString()))
                        .redirectInput(Redirect.PIPE)
                        .redirectError(log.toFile())
                        .start();
        try {
            return new ServerProcess(process, log);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// The line that runs a class of this class path, with the options that the product has in
    /// `build/launch.sh`.
    static List<String> java(String... classAndArguments) {
        var line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                // see CpuTime
                                "-XX:-UseDynamicNumberOfCompilerThreads",
                                "-cp",
                                System.getProperty("java.class.path")));
        line.addAll(List.of(classAndArguments));
        return line;
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /// Seconds of CPU so far, without compilers.
    double cpu() throws IOException {
        return CpuTime.of(pid());
    }

    /// Gives a command and returns the answer.
    String obey(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        return line();
    }

    private String line() throws IOException {
        var line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended: " + Files.readString(log));
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
