package dev.custodian.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A process that takes commands on stdin, a line each, and answers on stdout, until this is
/// closed.
final class Dialog implements AutoCloseable {
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Path log;

    /// @param log gets its standard error, which is told when it ends too early
    Dialog(Process process, Path log) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.log = log;
    }

    long pid() {
        return process.pid();
    }

    /// Gives a command and returns the answer.
    String obey(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        return line();
    }

    /// The next line that it says.
    String line() throws IOException {
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
