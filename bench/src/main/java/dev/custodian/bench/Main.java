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

    /// Arguments: the file for the result, and the names of parts. What a failed run leaves says
    /// why: its folder stays.
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var parts = Part.parse(args[1]);
        var folder = Files.createTempDirectory("custodian-bench-");
        SoftHsm.configure(SoftHsm.shared(), folder);
        var report = new Report(System.out, Path.of(args[0]));
        try {
            Machine.describe(report);
            report.line("");
            for (var part : parts) {
                switch (part) {
                    case PROGRAMS -> programs(folder, report);
                    case WINDOWS -> Windows.measure(report);
                    case SERVER -> server(folder, report);
                    case DEVICE -> device(folder, report);
                    case HSM -> TokenRounds.measure(folder, report);
                    case CROWD -> CrowdRounds.measure(folder, report);
                }
            }
            Machine.load(report);
        } catch (Exception e) {
            throw new IOException("see the logs in " + folder, e);
        }
        delete(folder);
    }

    private static void programs(Path folder, Report report) throws Exception {
        Programs.demo(folder, report);
        Programs.start(Estate.make(folder.resolve("start")).config(), report);
        Programs.agent(folder, report);
    }

    private static void device(Path folder, Report report) throws Exception {
        DeviceRounds.measure(Files.createDirectories(folder.resolve("device")), report);
    }

    private static void server(Path folder, Report report) throws Exception {
        var estate = Estate.make(folder);
        try (var server = ServerProcess.start(estate.config(), folder.resolve("server.log"))) {
            var device =
                    new Device(
                            estate.enrol("bench", server.url(), Purpose.DOCUMENT, Cell.KEYS),
                            estate.certificate());
            try (var load = new Load(device, Cell.CALLERS)) {
                var meter = new Meter(server, device, load);
                var rounds = new Rounds(meter);
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
                profile(meter, Cell.bare().getFirst(), 4_000, folder, report);
                profile(
                        meter,
                        new Cell(KeyAlgorithm.RSA_2048, Work.UNSEALING, true, 1),
                        400,
                        folder,
                        report);
            }
        }
    }

    private static void profile(Meter meter, Cell cell, int calls, Path folder, Report report)
            throws Exception {
        var file = folder.resolve("profile.jfr");
        double seconds = meter.profiled(cell, calls, file);
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
