package dev.custodian.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// A [Pkcs11Loop] in a process of its own, until this is closed.
final class Pkcs11Program implements AutoCloseable {
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Path log;

    private Pkcs11Program(Process process, Path log) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.log = log;
    }

    /// Loads a module and finds its keys.
    ///
    /// @param variable an environment variable that the module reads
    static Pkcs11Program start(
            Path folder, String name, Path module, String variable, String value, String pin)
            throws IOException {
        var config = folder.resolve(name + ".cfg");
        Files.writeString(config, "name = %s\nlibrary = %s\n".formatted(name, module));
        var log = folder.resolve(name + ".log");
        var builder =
                Program.builder(
                                ServerProcess.java(
                                        Pkcs11Loop.class.getName(), config.toString(), pin))
                        .redirectInput(ProcessBuilder.Redirect.PIPE)
                        .redirectError(log.toFile());
        builder.environment().put(variable, value);
        var started = new Pkcs11Program(builder.start(), log);
        try {
            started.line();
            return started;
        } catch (IOException e) {
            started.process.destroyForcibly();
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    /// Nanoseconds of each of so many signatures.
    long[] sign(String alias, int count) throws IOException {
        in.write(alias + " " + count + "\n");
        in.flush();
        return Arrays.stream(line().split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }

    private String line() throws IOException {
        var line = out.readLine();
        if (line == null) {
            throw new IOException("a program ended: " + Files.readString(log));
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
