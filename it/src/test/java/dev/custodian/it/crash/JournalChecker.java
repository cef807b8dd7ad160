package dev.custodian.it.crash;

import dev.custodian.it.Fork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The checker of `it/journal-checker`, built once, and run over an export and the logs of a run.
final class JournalChecker {
    private static final Path HOME = Path.of(System.getProperty("custodian.home"));
    private static final Path SOURCES = HOME.resolve("it/journal-checker");
    private static final Path PROGRAM = HOME.resolve("it/target/journal-checker-" + Fork.NUMBER);

    private JournalChecker() {}

    /// What it said: its findings, and a summary.
    record Report(int exit, List<String> lines) {
        List<String> findings() {
            return lines.stream().filter(line -> line.startsWith("finding: ")).toList();
        }
    }

    /// Runs the checker's own tests, which show that each check fails when it should, and builds
    /// it.
    static void build() throws Exception {
        run(SOURCES, "go", "test", "./...");
        run(SOURCES, "go", "build", "-o", PROGRAM.toString(), ".");
    }

    private static void run(Path folder, String... line) throws Exception {
        var process =
                new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", line) + ":\n" + said);
        }
    }

    /// Checks an export against what the vault made and what clients received.
    static Report check(Estate estate, Path export, int kills, int callers) throws Exception {
        var line = new ArrayList<>(List.of(PROGRAM.toString()));
        line.addAll(List.of("-made", estate.log(CrashServer.MADE).toString()));
        line.addAll(List.of("-received", estate.log(Load.RECEIVED).toString()));
        line.addAll(List.of("-unknown", "" + (long) kills * callers));
        line.add(estate.keys().checkpointKey().verifier().text());
        var process =
                new ProcessBuilder(line)
                        .redirectInput(export.toFile())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("the checker does not end");
        }
        Files.writeString(estate.log("checker.log"), said);
        return new Report(process.exitValue(), said.lines().toList());
    }
}
