package dev.custodian.bench;

import dev.custodian.core.intent.Matter;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.nio.file.Path;
import java.util.List;

/// What requests of one owner's device cost a server.
///
/// @param load connections to that server
record Meter(ServerProcess server, Device device, Load load) {
    private static final int CALLS_A_PROOF = 12;
    private static final long SETTLE_MILLIS = 50;
    private static final int FEWEST_CALLS = 10;

    /// Until the code that every request takes is compiled (performance.md T13), by so many calls
    /// without a proof and some with one.
    void warmUp(int calls) throws Exception {
        var bare = Cell.bare().getFirst();
        for (int done = 0; done < calls; done += Matter.MOST) {
            double _ = run(bare, Matter.MOST);
        }
        double _ = run(new Cell(bare.key(), Work.NONE, true, 1), calls / CALLS_A_PROOF);
    }

    /// How many calls take so many seconds of CPU.
    ///
    /// @param cost seconds of one call
    static int calls(Cell cell, double seconds, double cost) {
        return Math.clamp(Math.round(seconds / cost), FEWEST_CALLS, Matter.MOST / cell.digests());
    }

    /// CPU seconds of the server for each call.
    double run(Cell cell, int calls) throws Exception {
        return send(cell, prepare(cell, calls));
    }

    /// The same, with samples of where they go in `file`.
    double profiled(Cell cell, int calls, Path file) throws Exception {
        var requests = prepare(cell, calls);
        server.obey("profile start");
        double seconds = send(cell, requests);
        server.obey("profile " + file);
        return seconds;
    }

    private List<byte[]> prepare(Cell cell, int calls) throws Exception {
        var requests = device.requests(cell.key(), cell.proof(), calls, cell.digests());
        server.obey("work " + cell.work());
        load.open();
        return requests;
    }

    private double send(Cell cell, List<byte[]> requests) throws Exception {
        // what the server still does for the set-up
        Thread.sleep(SETTLE_MILLIS);
        double before = server.cpu();
        load.run(requests, cell.callers(), cell.digests());
        // the outcomes of the last signatures
        Thread.sleep(SETTLE_MILLIS);
        return (server.cpu() - before) / requests.size();
    }
}
