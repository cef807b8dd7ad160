package dev.custodian.it.crash;

import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Kills a server under load, starts it again, and holds what is left against the journal.
final class CrashRun implements AutoCloseable {
    /// Owners, each with one credential; P-256 and RSA-PSS sign another value each time, so that a
    /// second signing shows.
    private static final KeyAlgorithm[] KEYS = {
        KeyAlgorithm.P256, KeyAlgorithm.RSA_2048, KeyAlgorithm.P256
    };

    private static final int CALLERS_EACH = 2;
    private static final int ENOUGH_FOR_CACHE = 30;
    private static final int DELAY_MILLIS = 8;
    private static final int FAIL_PERCENT = 3;
    private static final int LATEST_PASSAGE = 6;
    // long: a soak may run at idle priority
    private static final long GIVE_UP_MILLIS = 600_000;

    private final Estate estate;
    private final List<String> options = new ArrayList<>();
    private final Map<Point, Integer> killed = new EnumMap<>(Point.class);
    private final Load load;
    private int atRandom;
    private int before;
    private int delayed;

    /// @param folder of a new estate, or of one to be continued
    CrashRun(Path folder, Mutant mutant) throws Exception {
        options.add("delay=" + DELAY_MILLIS);
        options.add("fail=" + FAIL_PERCENT);
        options.add("mutant=" + mutant.text());
        boolean isNew = !Files.exists(folder.resolve("data"));
        estate = isNew ? Estate.make(folder) : new Estate(folder);
        if (!isNew) {
            estate.forgive();
        }
        // made anew for an old estate, too: jars change
        try (var server = ServerProcess.startFirst(estate)) {
            if (isNew) {
                estate.enrol(server.url(), KEYS);
            }
            load = new Load(estate, estate.agents(), CALLERS_EACH);
            // so that the cache knows all that a signature needs
            load.await("received", ENOUGH_FOR_CACHE);
        }
        before = Files.exists(killsLog()) ? Files.readAllLines(killsLog()).size() : 0;
    }

    private Path killsLog() {
        return estate.log("kills.log");
    }

    Estate estate() {
        return estate;
    }

    Load load() {
        return load;
    }

    /// All kills so far, those of earlier runs too.
    int kills() {
        return before + atRandom + killed.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Serves until the server dies at a point, after some passages.
    void killAt(Point point) throws Exception {
        int passage = 1 + ThreadLocalRandom.current().nextInt(LATEST_PASSAGE);
        try (var server = start("kill=" + point.text() + ":" + passage)) {
            if (!server.dies(GIVE_UP_MILLIS) || server.exit() != Failpoints.KILLED) {
                throw new AssertionError(
                        "it did not die at " + point.text() + "; " + load.counts());
            }
        }
        killed.merge(point, 1, Integer::sum);
        note(point.text());
    }

    /// Serves until so many more signatures are received, then ends in order.
    void serve(int signatures) throws Exception {
        try (var _ = start()) {
            load.await("received", load.counted("received") + signatures);
        }
    }

    /// Serves a while, then kills from outside.
    void killAtRandom() throws Exception {
        try (var server = start()) {
            if (server.dies(300 + ThreadLocalRandom.current().nextLong(1_200))) {
                throw new AssertionError("it ended by itself with " + server.exit());
            }
            server.kill();
        }
        atRandom++;
        note("random");
    }

    /// So that all devices go on signing, however many kills have met a PIN. Where no PIN waits,
    /// what a kill left is opened by the next server and nobody else.
    void forgive() throws Exception {
        int now = load.counted("refused device-locked") + load.counted("refused factors-delayed");
        if (now > delayed) {
            estate.forgive();
            delayed = now;
        }
    }

    /// Kills what runs in a wrapper, from outside.
    void killIn(ServerProcess server) throws Exception {
        server.killChild();
        atRandom++;
        note("full disk");
    }

    private void note(String where) throws Exception {
        try (var log = new LineLog(killsLog())) {
            log.add(where);
        }
    }

    ServerProcess start(String... more) throws Exception {
        var all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return ServerProcess.start(estate, all.toArray(String[]::new));
    }

    ServerProcess startOn(SmallDisk disk) throws Exception {
        return ServerProcess.start(estate, disk.before(), options.toArray(String[]::new));
    }

    /// Starts once more, so that all is closed; lets the callers end and the server end in order,
    /// then checks everything. Returns all findings.
    List<String> findings() throws Exception {
        try (var _ = start()) {
            load.close();
        }
        var export = estate.log("export.jsonl");
        estate.export(export);
        var report = JournalChecker.check(estate, export, kills(), load.callers());
        System.out.println("crash: killed " + killed + ", at random " + atRandom);
        System.out.println("crash: " + load.counts());
        report.lines().forEach(line -> System.out.println("crash: checker: " + line));
        var findings = new ArrayList<>(load.findings());
        findings.addAll(report.findings());
        if (findings.isEmpty() && report.exit() != 0) {
            findings.add("the checker ended with " + report.exit());
        }
        return findings;
    }

    @Override
    public void close() throws IOException {
        load.close();
    }
}
