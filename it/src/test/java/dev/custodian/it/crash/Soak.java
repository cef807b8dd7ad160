package dev.custodian.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The long form of [CrashIT] and [FaultIT]; `make soak` runs it.
///
/// Environment: `KILLS` in all (10,000), `WORKERS` with a server each (2), `MINUTES` at most for
/// this run (600), `SOAK_DIR` (below `it/target`) in which a later run goes on where this one
/// ended, `STEP` between cuts in octets (1), `FULL_DISKS` (20), `STOP_SECONDS` to stand still (400:
/// longer than an intent and an authorization live).
class Soak {
    private static final int CHECK_EVERY = 400;

    @BeforeAll
    static void buildChecker() throws Exception {
        JournalChecker.build();
    }

    private static int number(String name, int otherwise) {
        var text = System.getenv(name);
        return text == null || text.isEmpty() ? otherwise : Integer.parseInt(text);
    }

    private static Path folder() throws Exception {
        var named = System.getenv("SOAK_DIR");
        var home = Path.of(System.getProperty("custodian.home"));
        return Files.createDirectories(
                named == null || named.isEmpty() ? home.resolve("it/target/soak") : Path.of(named));
    }

    @Test
    void serverThatIsKilledTenThousandTimesKeepsEveryPromise() throws Exception {
        int kills = number("KILLS", 10_000);
        int workers = number("WORKERS", 2);
        long end = System.nanoTime() + Duration.ofMinutes(number("MINUTES", 600)).toNanos();
        int done = 0;
        try (var pool = Executors.newFixedThreadPool(workers)) {
            var runs = new ArrayList<Future<Integer>>();
            for (int i = 0; i < workers; i++) {
                var own = Files.createDirectories(folder().resolve("estate-" + i));
                int share = kills / workers + (i < kills % workers ? 1 : 0);
                runs.add(pool.submit(() -> kill(own, share, end)));
            }
            for (var run : runs) {
                done += run.get();
            }
        }
        System.out.println("soak: " + done + " of " + kills + " kills");
        assertThat(done).isPositive();
    }

    /// Kills one server again and again; returns how often it has been killed in all.
    private static int kill(Path folder, int kills, long end) throws Exception {
        int done;
        do {
            try (var run = new CrashRun(folder, Mutant.NONE)) {
                int until = Math.min(kills, run.kills() + CHECK_EVERY);
                while (run.kills() < until && System.nanoTime() - end < 0) {
                    for (var point : Point.values()) {
                        run.killAt(point);
                    }
                    run.killAtRandom();
                    run.forgive();
                }
                assertThat(run.findings()).isEmpty();
                done = run.kills();
                System.out.println("soak: " + done + " of " + kills + " in " + folder);
            }
        } while (done < kills && System.nanoTime() - end < 0);
        return done;
    }

    @Test
    void clockThatJumpsAndProcessThatStandsStillBreakNoPromise(@TempDir Path folder)
            throws Exception {
        try (var run = new CrashRun(folder, Mutant.NONE)) {
            Faults.stepClock(run, 20);
            Faults.standStill(run, number("STOP_SECONDS", 400));
            assertThat(run.findings()).isEmpty();
        }
    }

    @Test
    void diskThatIsFullAgainAndAgainBreaksNoPromise(@TempDir Path folder) throws Exception {
        try (var run = new CrashRun(folder, Mutant.NONE)) {
            Faults.fillDisk(run, number("FULL_DISKS", 20));
            assertThat(run.findings()).isEmpty();
        }
    }

    @Test
    void requestThatIsCutBetweenAnyTwoOctetsSignsNothingAndWorksWhole(@TempDir Path folder)
            throws Exception {
        Faults.cut(folder, number("STEP", 1));
    }
}
