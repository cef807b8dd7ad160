package dev.custodian.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clocks that jump, processes that stand still and wires that are cut, briefly; [Soak] has them at
/// length.
class FaultIT {
    @TempDir Path folder;

    @BeforeAll
    static void buildChecker() throws Exception {
        JournalChecker.build();
    }

    @Test
    void clockThatJumpsAndProcessThatStandsStillBreakNoPromise() throws Exception {
        try (var run = new CrashRun(folder, Mutant.NONE)) {
            Faults.stepClock(run, 1);
            Faults.standStill(run, 7);
            assertThat(run.findings()).isEmpty();
        }
    }

    @Test
    void requestThatIsCutAnywhereSignsNothingAndWorksWhole() throws Exception {
        Faults.cut(folder, 61);
    }
}
