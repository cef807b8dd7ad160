package dev.custodian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// What the figures of a run are of.
final class Machine {
    private Machine() {}

    static void describe(Report report) throws IOException, InterruptedException {
        var cpu =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown");
        report.line("date     %s".formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        report.line(
                "CPU      %s, %d threads"
                        .formatted(cpu, Runtime.getRuntime().availableProcessors()));
        report.line(
                "JDK      %s %s"
                        .formatted(
                                System.getProperty("java.vm.vendor"),
                                System.getProperty("java.vm.version")));
        report.line("openssl  %s".formatted(Program.output(List.of("openssl", "version")).strip()));
        load(report);
    }

    /// Load averages of 1, 5 and 15 minutes.
    static void load(Report report) throws IOException {
        var words = Files.readString(Path.of("/proc/loadavg")).split(" ", 4);
        report.line("load     %s %s %s".formatted(words[0], words[1], words[2]));
    }
}
