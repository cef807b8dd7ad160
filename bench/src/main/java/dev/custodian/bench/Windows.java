package dev.custodian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the Windows library and the pipe cost a program, under Wine, which `build/wine.sh` has set
/// up. The agent is the fake one of the library's tests: it has its signature ready and asks no
/// server, and counts what it is asked.
final class Windows {
    private static final Path MADE = Program.HOME.resolve("target/wine/env");
    private static final Path X64 = Program.HOME.resolve("target/native/x64");

    private Windows() {}

    static void measure(Report report) throws IOException, InterruptedException {
        var said = faults();
        report.line(
                "Windows, under Wine: wall time of one call, library, pipe and a fake agent that has"
                        + " its signature ready, in us.");
        report.line("");
        report.line("%-40s %8s %8s %8s".formatted("call", "threads", "p50", "p99"));
        for (var line : said.lines().filter(line -> line.startsWith("us ")).toList()) {
            var words = line.substring(3).strip().split(" +(?=[0-9]+ +[0-9]+ +[0-9]+$)", 2);
            var numbers = List.of(words[1].strip().split(" +", 3));
            report.line(
                    "%-40s %8s %8s %8s"
                            .formatted(words[0], numbers.get(0), numbers.get(1), numbers.get(2)));
        }
        report.line("");
    }

    /// An error when a call failed, or the agent was asked more than a call is allowed to.
    private static String faults() throws IOException, InterruptedException {
        var builder =
                Program.builder(
                                List.of(
                                        "wine",
                                        "faults.exe",
                                        path(X64.resolve("custodian-ksp.dll")),
                                        path(X64.resolve("custodian-ksp-short.dll")),
                                        "fake-agent.exe",
                                        path(Program.HOME.resolve("native/test/failures.tsv")),
                                        "speed"))
                        .directory(X64.toFile());
        for (var line : Files.readAllLines(MADE)) {
            var parts = line.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        builder.environment().put("DISPLAY", "");
        return Program.output(builder);
    }

    private static String path(Path path) {
        return "Z:" + path.toString().replace('/', '\\');
    }
}
