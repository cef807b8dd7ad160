package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;

/// `make bench`: everything that is measured, one after the other, into one text.
public final class Main {
    private static final int METHODS = 12;

    private Main() {}

    /// Argument: the file for the result. What a failed run leaves says why: its folder stays.
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var folder = Files.createTempDirectory("custodian-bench-");
        var report = new Report(System.out, Path.of(args[0]));
        try {
            Machine.describe(report);
            report.line("");
            measure(folder, report);
            Machine.load(report);
        } catch (Exception e) {
            throw new IOException("see the logs in " + folder, e);
        }
        delete(folder);
    }

    private static void measure(Path folder, Report report) throws Exception {
        var estate = Estate.make(folder);
        Programs.demo(folder, report);
        Programs.start(estate.config(), report);
        Programs.agent(folder, report);
        Windows.measure(report);
        try (var server = ServerProcess.start(estate.config(), folder.resolve("server.log"))) {
            var device =
                    new Device(
                            estate.enrol("bench", server.url(), Purpose.DOCUMENT, Cell.KEYS),
                            estate.certificate());
            try (var load = new Load(device, Cell.CALLERS)) {
                var rounds = new Rounds(server, device, load);
                rounds.warmUp();
                rounds.run();
                report.line(
                        "server RSS after the load: %.0f MB"
                                .formatted(Programs.megabytes(server.pid())));
                report.line("");
                rounds.report(report);
                report.line("");
                Latency.measure(server, device, report);
                Programs.sign(estate, server, report);
                Remoting.measure(estate, server, report);
                profile(rounds, Cell.bare().getFirst(), 4_000, folder, report);
                profile(
                        rounds,
                        new Cell(KeyAlgorithm.RSA_2048, Work.UNSEALING, true, 1),
                        400,
                        folder,
                        report);
            }
        }
    }

    private static void profile(Rounds rounds, Cell cell, int calls, Path folder, Report report)
            throws Exception {
        var file = folder.resolve("profile.jfr");
        double seconds = rounds.profiled(cell, calls, file);
        report.line(
                "Where the CPU time of a call goes: %s, %s, %s, one digest, %d callers, %.0f us"
                        .formatted(
                                cell.key().display(),
                                cell.work() == Work.NONE ? "no signature" : "as the product",
                                cell.proof() ? "proof" : "no proof",
                                cell.callers(),
                                1e6 * seconds));
        for (var line : Profile.of(file).lines(1e6 * seconds, METHODS)) {
            report.line(line);
        }
        report.line("");
    }

    private static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }
}
