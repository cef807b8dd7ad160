package dev.custodian.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A program that is run to its end.
final class Program {
    /// The top folder of the sources.
    static final Path HOME = Path.of(System.getProperty("custodian.home"));

    private Program() {}

    /// What it prints on stdout; an error when it fails, with what it said.
    static String output(List<String> line) throws IOException, InterruptedException {
        return output(builder(line));
    }

    static String output(ProcessBuilder builder) throws IOException, InterruptedException {
        var process = builder.redirectErrorStream(true).start();
        String said;
        try (var out = process.getInputStream()) {
            said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (process.waitFor() != 0) {
            throw new IOException(builder.command() + " failed: " + said);
        }
        return said;
    }

    /// A program that never waits for a terminal.
    static ProcessBuilder builder(List<String> line) {
        var builder =
                new ProcessBuilder(line)
                        .directory(HOME.toFile())
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }
}
