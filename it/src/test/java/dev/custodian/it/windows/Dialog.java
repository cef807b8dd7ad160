package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A program that runs: it takes a line and answers with one. Ends when its input does.
final class Dialog implements AutoCloseable {
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Path log;

    /// @param log for what it says beside its answers
    Dialog(ProcessBuilder builder, Path log) throws IOException {
        this.log = log;
        process = builder.redirectError(Redirect.appendTo(log.toFile())).start();
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// What it says next.
    String line() throws IOException {
        var line = out.readLine();
        assertThat(line).as(Files.readString(log)).isNotNull();
        return line.strip();
    }

    String ask(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        return line();
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
