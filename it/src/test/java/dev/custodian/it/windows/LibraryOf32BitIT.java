package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.custodian.it.Program;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// The 32-bit library in a 32-bit program, as [KspIT] has the 64-bit one, under the Wine of
/// `build/wine32.sh`. Where that cannot be had the run says so in one line, and all that is known
/// of the library is what [LibraryIT] sees of it.
@Timeout(300)
class LibraryOf32BitIT {
    private static final Path STATE = Program.HOME.resolve("target/wine32/state");
    private static final String WINE = Program.HOME.resolve("build/wine32.sh").toString();
    private static final String X86 = "Z:\\custodian\\target\\native\\x86\\";

    private static final List<String> GROUPS =
            List.of(
                    "requests",
                    "context",
                    "conversions",
                    "failures",
                    "broken agents",
                    "absent agent",
                    "leaks",
                    "load");

    private static boolean ready;

    @TestFactory
    Stream<DynamicTest> libraryDoesTheSameIn32Bit() throws Exception {
        var state = Files.readString(STATE).strip();
        ready = state.equals("ready");
        if (!ready) {
            System.out.println("The 32-bit library is not run here, " + state + ".");
            return Stream.of(
                    dynamicTest("not run", () -> assertThat(state).startsWith("no 32-bit Wine: ")));
        }
        end();
        var tests = new ArrayList<DynamicTest>();
        tests.add(dynamicTest("selftest", LibraryOf32BitIT::selftest));
        for (var group : GROUPS) {
            tests.add(dynamicTest(group, () -> faults(group)));
        }
        return tests.stream();
    }

    @AfterAll
    static void stop() throws Exception {
        if (ready) {
            end();
        }
    }

    private static void end() throws Exception {
        Program.run(WINE, "end").orFail();
    }

    private static List<String> line(String program, String... words) {
        var line = new ArrayList<>(List.of(WINE, "run", X86 + program));
        line.addAll(List.of(words));
        return line;
    }

    private static Program.Ran run(String program, String... words) throws Exception {
        return Program.run(Program.HOME, Map.of(), line(program, words));
    }

    private static void selftest() throws Exception {
        var fake =
                new ProcessBuilder(line("fake-agent.exe")).redirectError(Redirect.DISCARD).start();
        try (var said = fake.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            var ran = run("custodian-selftest.exe", "--dll", X86 + "custodian-ksp.dll");
            well(ran, "");
            assertThat(ran.out().lines().filter(line -> line.startsWith("ok ")))
                    .hasSizeGreaterThan(500);
        } finally {
            end();
        }
    }

    private static void faults(String group) throws Exception {
        well(
                run(
                        "faults.exe",
                        X86 + "custodian-ksp.dll",
                        X86 + "custodian-ksp-short.dll",
                        X86 + "fake-agent.exe",
                        "Z:\\custodian\\native\\test\\failures.tsv",
                        group),
                group);
    }

    private static void well(Program.Ran ran, String group) {
        assertThat(ran.out().lines())
                .as(ran.said())
                .anyMatch(line -> line.startsWith("ok " + group))
                .noneMatch(line -> line.startsWith("NOT OK"));
        assertThat(ran.exit()).as(ran.said()).isZero();
    }
}
