package dev.custodian.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed at every point of a signature loses nothing that it answered, signs
/// nothing twice, and says `unknown` where nobody can know.
class CrashIT {
    private static final int EACH = 5;

    @TempDir Path folder;

    @BeforeAll
    static void buildChecker() throws Exception {
        JournalChecker.build();
    }

    @Test
    void killedAtEveryPointItKeepsEveryPromise() throws Exception {
        try (var run = new CrashRun(folder, Mutant.NONE)) {
            for (int i = 0; i < EACH; i++) {
                for (var point : Point.values()) {
                    run.killAt(point);
                }
                run.killAtRandom();
            }
            assertThat(run.findings()).isEmpty();
            assertThat(run.load().counted("received")).isGreaterThan(100);
            assertThat(run.load().counted("repeated")).isGreaterThan(20);
        }
    }
}
