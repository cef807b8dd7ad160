package dev.custodian.it.thief;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end.
///
/// @param exit its exit code
/// @param said what it wrote to stdout, without the last newline
/// @param complained what it wrote to stderr
record Program(int exit, String said, String complained) {
    private static final int LIMIT_SECONDS = 180;

    /// The top folder of the project.
    static final Path HOME =
            Path.of(Objects.requireNonNull(System.getProperty("custodian.home"), "custodian.home"));

    static Program run(List<String> line) throws IOException, InterruptedException {
        var out = Files.createTempFile("said", "");
        var err = Files.createTempFile("complained", "");
        try {
            var process =
                    new ProcessBuilder(line)
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(line + " did not end");
            }
            return new Program(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8).stripTrailing(),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// Runs a program that has to succeed; returns what it said.
    static String succeed(List<String> line) throws IOException, InterruptedException {
        var program = run(line);
        assertThat(program.exit).as("%s: %s", line, program.complained).isZero();
        return program.said;
    }

    /// The Python that `build/python.sh` makes.
    static Path python() throws IOException, InterruptedException {
        succeed(List.of(HOME.resolve("build/python.sh").toString()));
        return HOME.resolve("target/python/bin/python");
    }
}
