package dev.custodian.bench;

import dev.custodian.server.vault.MeasuredVault.Work;
import java.util.List;

/// What the server adds to a bare signature for one caller on one connection.
final class Latency {
    private static final int CALLS = 500;
    private static final int WARM_CALLS = 100;

    private Latency() {}

    static void measure(ServerProcess server, Device device, Report report) throws Exception {
        report.line(
                ("Wall time of %d calls one after the other, one connection, one digest; beside it"
                                + " the bare signature")
                        .formatted(CALLS));
        report.line(
                "in a plain loop in the server, just before. In us; p99 means little under load.");
        report.line("");
        report.line(
                "%-9s %-22s %10s %10s %10s %10s %10s"
                        .formatted(
                                "key",
                                "path",
                                "bare p50",
                                "p50",
                                "added p50",
                                "bare p99",
                                "added p99"));
        try (var load = new Load(device, 1)) {
            for (var key : Cell.KEYS.stream().sorted().toList()) {
                line(server, device, load, new Cell(key, Work.UNSEALING, true, 1), report);
                line(server, device, load, new Cell(key, Work.OPENED, false, 1), report);
            }
        }
        report.line("");
    }

    private static void line(
            ServerProcess server, Device device, Load load, Cell cell, Report report)
            throws Exception {
        var requests = device.requests(cell.key(), cell.proof(), WARM_CALLS + CALLS, 1);
        server.obey("work " + cell.work());
        load.open();
        load.run(requests.subList(0, WARM_CALLS), 1, 1);
        var bare = List.of(server.obey("loop " + cell.key() + " " + CALLS).split(" ", 2));
        var took = load.run(requests.subList(WARM_CALLS, requests.size()), 1, 1);
        double bare50 = Long.parseLong(bare.getFirst()) / 1e3;
        double bare99 = Long.parseLong(bare.getLast()) / 1e3;
        double p50 = Figures.percentile(took, 50) / 1e3;
        report.line(
                "%-9s %-22s %10.0f %10.0f %10.0f %10.0f %10.0f"
                        .formatted(
                                cell.key().display(),
                                cell.proof() ? "as the product" : "opened, no proof",
                                bare50,
                                p50,
                                p50 - bare50,
                                bare99,
                                Figures.percentile(took, 99) / 1e3 - bare99));
    }
}
