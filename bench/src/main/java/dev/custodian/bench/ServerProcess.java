package dev.custodian.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A [MeasuredServer] in a process of its own, until this is closed.
final class ServerProcess implements AutoCloseable {
    private final Dialog dialog;
    private final URI url;

    private ServerProcess(Dialog dialog) throws IOException {
        this.dialog = dialog;
        this.url = URI.create(dialog.line());
    }

    static ServerProcess start(Path config, Path log) throws IOException {
        var process =
                Program.builder(java(MeasuredServer.class.getName(), config.toString()))
                        .redirectInput(Redirect.PIPE)
                        .redirectError(log.toFile())
                        .start();
        try {
            return new ServerProcess(new Dialog(process, log));
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
        return dialog.pid();
    }

    /// Seconds of CPU so far, without compilers.
    double cpu() throws IOException {
        return CpuTime.of(pid());
    }

    /// Gives a command and returns the answer.
    String obey(String command) throws IOException {
        return dialog.obey(command);
    }

    @Override
    public void close() throws IOException {
        dialog.close();
    }
}
