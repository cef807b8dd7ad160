package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a signature costs with a thousand and with a million credentials in the database, in both
/// vaults; two servers, one after the other, round by round.
final class CrowdRounds implements AutoCloseable {
    private static final int SMALL = 1_000;
    private static final int LARGE = 1_000_000;
    private static final int ROUNDS = 5;
    private static final double TARGET = 0.6;
    private static final int WARM_CALLS = 8_000;
    private static final int TRIAL = 200;
    private static final int READS = 10_000;
    private static final double AIM = 0.97;

    private final Side small;
    private final Side large;

    /// A server with so many credentials of others.
    private record Side(int size, double start, ServerProcess server, Load load, Meter meter) {
        static Side start(Estate estate, int size) throws Exception {
            Crowd.fill(estate.database(), size);
            long began = System.nanoTime();
            var server =
                    ServerProcess.start(estate.config(), estate.folder().resolve("server.log"));
            double start = (System.nanoTime() - began) / 1e9;
            var device =
                    new Device(
                            estate.enrol(
                                    "bench",
                                    server.url(),
                                    Purpose.DOCUMENT,
                                    Set.copyOf(Operation.KEYS)),
                            estate.certificate());
            var load = new Load(device, Cell.CALLERS);
            return new Side(size, start, server, load, new Meter(server, device, load));
        }

        /// CPU seconds of reading one row, any of them.
        double read() throws IOException {
            double before = server.cpu();
            server.obey("read %d %d".formatted(READS, size));
            return (server.cpu() - before) / READS;
        }

        void close() throws IOException {
            load.close();
            server.close();
        }
    }

    private CrowdRounds(Side small, Side large) {
        this.small = small;
        this.large = large;
    }

    static void measure(Path folder, Report report) throws Exception {
        report.line(
                ("CPU of the server for a signature, and for reading any one row, with %,d and"
                                + " %,d credentials; no proof, one digest a call, %d callers;")
                        .formatted(SMALL, LARGE, Cell.CALLERS));
        report.line("median of %d rounds, in each of which both servers ran.".formatted(ROUNDS));
        report.line("keys: unwrapped for each use, in both vaults");
        report.line("");
        report.line(
                "%-9s %-9s %9s %9s %8s  %s"
                        .formatted("vault", "key", "small us", "large us", "ratio", "aim"));
        for (boolean hsm : List.of(false, true)) {
            var name = hsm ? "hsm" : "embedded";
            var here = folder.resolve("crowd-" + name);
            try (var rounds =
                    new CrowdRounds(
                            Side.start(estate(here.resolve(name + "-small"), hsm), SMALL),
                            Side.start(estate(here.resolve(name + "-large"), hsm), LARGE))) {
                rounds.run(name, report);
            }
        }
        report.line("");
    }

    private static Estate estate(Path folder, boolean hsm) throws Exception {
        return hsm ? Estate.makeOnHsm(folder) : Estate.make(folder);
    }

    private void run(String vault, Report report) throws Exception {
        var cells = new ArrayList<Cell>();
        for (var key : Operation.KEYS) {
            cells.add(new Cell(key, Work.UNSEALING, false, 1));
        }
        var cost = new HashMap<KeyAlgorithm, Double>();
        for (var side : List.of(small, large)) {
            side.meter().warmUp(WARM_CALLS);
            double _ = side.read();
            for (var cell : cells) {
                cost.put(cell.key(), side.meter().run(cell, TRIAL));
            }
        }
        var rows = new HashMap<String, Row>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean smallFirst = round % 2 == 0;
            for (var cell : cells) {
                int calls = Meter.calls(cell, TARGET, cost.getOrDefault(cell.key(), TARGET));
                row(rows, cell.key().display())
                        .add(smallFirst, side -> side.meter().run(cell, calls));
            }
            row(rows, "read").add(smallFirst, Side::read);
        }
        for (var cell : cells) {
            var row = row(rows, cell.key().display());
            double ratio = Figures.median(row.ratios);
            report.line(
                    "%-9s %-9s %9.0f %9.0f %8.3f  %.2f: %s"
                            .formatted(
                                    vault,
                                    cell.key().display(),
                                    Figures.median(row.small),
                                    Figures.median(row.large),
                                    ratio,
                                    AIM,
                                    Report.met(ratio >= AIM)));
        }
        var read = row(rows, "read");
        report.line(
                "%-9s %-9s %9.1f %9.1f"
                        .formatted(
                                vault,
                                "one row",
                                Figures.median(read.small),
                                Figures.median(read.large)));
        report.line(
                "%-9s start, wall: %.1f s and %.1f s; RSS after all: %.0f MB and %.0f MB"
                        .formatted(
                                vault,
                                small.start(),
                                large.start(),
                                Programs.megabytes(small.server().pid()),
                                Programs.megabytes(large.server().pid())));
    }

    private Row row(Map<String, Row> rows, String name) {
        return rows.computeIfAbsent(name, _ -> new Row());
    }

    private interface Measurement {
        double of(Side side) throws Exception;
    }

    /// What was measured of both, in us.
    private final class Row {
        private final List<Double> small = new ArrayList<>();
        private final List<Double> large = new ArrayList<>();
        private final List<Double> ratios = new ArrayList<>();

        void add(boolean smallFirst, Measurement measurement) throws Exception {
            var order =
                    smallFirst
                            ? List.of(CrowdRounds.this.small, CrowdRounds.this.large)
                            : List.of(CrowdRounds.this.large, CrowdRounds.this.small);
            for (var side : order) {
                (side.size() == SMALL ? small : large).add(1e6 * measurement.of(side));
            }
            ratios.add(small.getLast() / large.getLast());
        }
    }

    @Override
    public void close() throws IOException {
        small.close();
        large.close();
    }
}
