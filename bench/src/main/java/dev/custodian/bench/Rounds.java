package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The cells and their baselines, one after the other, round by round; of each ratio the median of
/// all rounds counts.
final class Rounds {
    private static final int ROUNDS = 5;
    private static final int WARM_CALLS = 24_000;

    /// CPU seconds of the server that one measurement is to take; its resolution is 0.01.
    private static final double TARGET = 0.5;

    private static final int TRIAL_SIGNATURES = 60;

    private final Meter meter;

    /// CPU seconds of the server for each call, by the last measurement.
    private final Map<Cell, Double> cost = new HashMap<>();

    private final Map<Cell, List<Double>> micros = new HashMap<>();
    private final Map<Cell, List<Double>> ofLoop = new HashMap<>();
    private final Map<Cell, List<Double>> ofOpenssl = new HashMap<>();
    private final Map<KeyAlgorithm, List<Double>> loopOfOpenssl = new EnumMap<>(KeyAlgorithm.class);

    Rounds(Meter meter) {
        this.meter = meter;
    }

    /// Until the server's code is compiled.
    void warmUp() throws Exception {
        meter.warmUp(WARM_CALLS);
        for (var key : Cell.KEYS) {
            loop(key);
        }
        for (var cell : cells()) {
            cost.put(cell, meter.run(cell, TRIAL_SIGNATURES / cell.digests()));
        }
    }

    private static List<Cell> cells() {
        var cells = new ArrayList<>(Cell.signing());
        cells.addAll(Cell.bare());
        return cells;
    }

    void run() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var openssl = OpensslSpeed.run(Cell.KEYS);
            var loops = new EnumMap<KeyAlgorithm, Double>(KeyAlgorithm.class);
            for (var key : Cell.KEYS) {
                double rate = loop(key);
                loops.put(key, rate);
                add(loopOfOpenssl, key, rate / rate(openssl, key));
            }
            for (var cell : cells()) {
                double seconds = meter.run(cell, calls(cell));
                cost.put(cell, seconds);
                add(micros, cell, 1e6 * seconds / cell.digests());
                if (cell.work() != Work.NONE) {
                    double rate = cell.digests() / seconds;
                    add(ofLoop, cell, rate / rate(loops, cell.key()));
                    add(ofOpenssl, cell, rate / rate(openssl, cell.key()));
                }
            }
        }
    }

    private static <K> void add(Map<K, List<Double>> lists, K key, double value) {
        lists.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
    }

    private static double rate(Map<KeyAlgorithm, Double> rates, KeyAlgorithm key) {
        var rate = rates.get(key);
        if (rate == null) {
            throw new IllegalStateException("no rate of " + key.display());
        }
        return rate;
    }

    private int calls(Cell cell) {
        return Meter.calls(cell, TARGET, cost.getOrDefault(cell, TARGET));
    }

    /// Signatures per CPU second of the vault's own signing in a plain loop, in the same process.
    private double loop(KeyAlgorithm key) throws Exception {
        int count =
                switch (key.family()) {
                    case RSA -> 400 * 2048 * 2048 / (key.bits() * key.bits());
                    case EC -> 2_000;
                };
        double before = meter.server().cpu();
        meter.server().obey("loop " + key + " " + count);
        return count / (meter.server().cpu() - before);
    }

    void report(Report report) throws IOException {
        report.line(
                ("Signatures per CPU second of the server process, without its compiler threads,"
                                + " %d callers")
                        .formatted(Cell.CALLERS));
        report.line(
                "(RSA: so many that %d signatures are wanted at a time),".formatted(Cell.CALLERS));
        report.line(
                "as a share of the vault's own signing in a plain loop in that process, and of"
                        + " `openssl speed`;");
        report.line("median of %d rounds, in each of which all contestants ran.".formatted(ROUNDS));
        report.line("opened:    the key is unwrapped and parsed once and kept (bench only)");
        report.line("unsealing: it is for each call, as the product does");
        report.line("proof:     token looked up and DPoP proof (ES256) verified for each call");
        report.line("");
        report.line(
                "%-9s %-10s %-6s %8s  %10s  %9s  %9s"
                        .formatted(
                                "key",
                                "vault",
                                "proof",
                                "digests",
                                "us/digest",
                                "of loop",
                                "of openssl"));
        for (var cell : Cell.signing()) {
            report.line(
                    "%-9s %-10s %-6s %8d  %10.0f  %9.2f  %9.2f"
                            .formatted(
                                    cell.key().display(),
                                    cell.work().toString().toLowerCase(Locale.ROOT),
                                    cell.proof() ? "yes" : "no",
                                    cell.digests(),
                                    median(micros, cell),
                                    median(ofLoop, cell),
                                    median(ofOpenssl, cell)));
        }
        report.line("");
        for (var key : Cell.KEYS.stream().sorted().toList()) {
            report.line(
                    "%-9s plain loop of openssl: %.2f"
                            .formatted(
                                    key.display(),
                                    Figures.median(loopOfOpenssl.getOrDefault(key, List.of()))));
        }
        report.line("");
        aims(report);
    }

    private void aims(Report report) throws IOException {
        aim(report, new Cell(KeyAlgorithm.RSA_2048, Work.OPENED, false, 1), 0.80);
        aim(report, new Cell(KeyAlgorithm.RSA_2048, Work.UNSEALING, true, 1), 0.60);
        aim(report, new Cell(KeyAlgorithm.P256, Work.OPENED, false, 10), 0.60);
        aim(report, new Cell(KeyAlgorithm.P256, Work.UNSEALING, true, 10), 0.60);
        bare(report, Cell.bare().getFirst(), 110);
        bare(report, Cell.bare().getLast(), 30);
    }

    private void aim(Report report, Cell cell, double aim) throws IOException {
        double share = median(ofLoop, cell);
        report.line(
                "%s, %s, %s, %d a call: %.2f of the loop; aim %.2f: %s"
                        .formatted(
                                cell.key().display(),
                                cell.work().toString().toLowerCase(Locale.ROOT),
                                cell.proof() ? "proof" : "no proof",
                                cell.digests(),
                                share,
                                aim,
                                Report.met(share >= aim)));
    }

    private void bare(Report report, Cell cell, double aim) throws IOException {
        double took = median(micros, cell);
        report.line(
                ("everything but signature and proofs, %d callers, %d a call: %.0f us a digest; aim"
                                + " %.0f: %s")
                        .formatted(
                                Cell.CALLERS, cell.digests(), took, aim, Report.met(took <= aim)));
    }

    private static double median(Map<Cell, List<Double>> lists, Cell cell) {
        return Figures.median(lists.getOrDefault(cell, List.of()));
    }
}
