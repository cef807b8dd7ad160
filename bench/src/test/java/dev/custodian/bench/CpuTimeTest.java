package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTimeTest {
    /// Of proc(5), with a name that holds what ends a name.
    private static String stat(String name) {
        return "4711 (" + name + ") S 1 2 3 4 5 6 7 8 9 10 1234 56 777 888 20 0 40 0 99 1 2\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "C2 CompilerThre", "a) S 1 (b", "", "two words"})
    void ticksAreUserAndSystemTimeOfTheProcessItself(String name) {
        assertThat(CpuTime.ticks(stat(name))).isEqualTo(1234 + 56);
    }

    @Test
    void compilersAreKnownByTheirNames() {
        assertThat(CpuTime.isCompiler(stat("C1 CompilerThre"))).isTrue();
        assertThat(CpuTime.isCompiler(stat("C2 CompilerThre"))).isTrue();
        assertThat(CpuTime.isCompiler(stat("signer-0"))).isFalse();
        assertThat(CpuTime.isCompiler(stat("my C2 CompilerT"))).isFalse();
    }

    @Test
    void nanosecondsAreTheTimeOnAProcessor() {
        assertThat(CpuTime.nanos("1234567 89 10\n")).isEqualTo(1_234_567);
    }

    @Test
    void workOfThisProcessIsSeen() throws Exception {
        long pid = ProcessHandle.current().pid();
        double before = CpuTime.of(pid);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        double sum = 0;
        double used = 0;
        while (used < 0.05 && System.nanoTime() - deadline < 0) {
            for (int i = 1; i < 100_000; i++) {
                sum += 1.0 / i;
            }
            used = CpuTime.of(pid) - before;
        }
        assertThat(sum).isPositive();
        assertThat(used).isBetween(0.05, 60.0);
    }
}
