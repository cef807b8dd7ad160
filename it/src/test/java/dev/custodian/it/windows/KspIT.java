package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The key storage provider, as Windows programs call it, under Wine: `custodian-selftest` with a
/// fake agent that has keys of its own, then `faults` with that agent absent, slow, broken or
/// hostile, then mutants of the library, each of which a group of `faults` must notice. Both say
/// `ok` or `NOT OK`, the group and what was checked.
@TestMethodOrder(OrderAnnotation.class)
class KspIT {
    private static final Path MADE = Program.HOME.resolve("target/native");
    private static final Path X64 = MADE.resolve("x64");
    private static final Path TEST = Program.HOME.resolve("native/test");

    private static Wine wine;
    private static Program.Ran direct;
    private static Program.Ran routed;
    private static Program.Ran providerFirst;

    @BeforeAll
    static void runSelftest() throws Exception {
        wine = Wine.start();
        var fake =
                wine.program(List.of("fake-agent.exe"))
                        .directory(X64.toFile())
                        .redirectError(Redirect.DISCARD)
                        .start();
        try (var said = fake.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            direct = selftest("--dll", "custodian-ksp.dll");
            routed = selftest();
            providerFirst =
                    wine.run(
                            X64,
                            List.of(
                                    "cmd.exe",
                                    "/c",
                                    "set CUSTODIAN_TEST_ROUTER=provider-first&&"
                                            + " custodian-selftest.exe"));
        } finally {
            fake.destroy();
            wine.end();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        wine.close();
    }

    private static Program.Ran selftest(String... words) throws Exception {
        var line = new ArrayList<>(List.of("custodian-selftest.exe"));
        line.addAll(List.of(words));
        return wine.run(X64, line);
    }

    private static List<String> of(Program.Ran ran, String group) {
        return ran.out()
                .lines()
                .filter(
                        line ->
                                line.startsWith("ok " + group + ": ")
                                        || line.startsWith("NOT OK " + group + ": "))
                .toList();
    }

    private static List<String> wrong(Program.Ran ran) {
        return ran.out().lines().filter(line -> line.startsWith("NOT OK")).toList();
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(
            strings = {
                "interface",
                "provider",
                "algorithms",
                "list of keys",
                "opening",
                "properties",
                "public keys",
                "signatures",
                "refusals",
                "declined",
                "junk",
                "lifetimes",
                "as SunMSCAPI",
                "as Chromium",
                "as Schannel",
                "as certutil -repairstore",
                "as Acrobat",
                "as signtool",
                "as .NET",
                "threads",
                "end"
            })
    void providerDoesWhatProgramsExpect(String group) {
        assertThat(of(direct, group))
                .as(direct.said())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("ok "));
    }

    @Test
    @Order(2)
    void selftestEndsWellAndHasManyChecks() {
        assertThat(direct.exit()).as(direct.said()).isZero();
        assertThat(direct.out().lines().filter(line -> line.startsWith("ok ")))
                .hasSizeGreaterThan(500);
    }

    @Test
    @Order(3)
    void sameThroughTheRouter() {
        assertThat(wrong(routed)).as(routed.said()).isEmpty();
        assertThat(routed.exit()).isZero();
        assertThat(of(routed, "signatures")).isNotEmpty();
    }

    @Test
    @Order(4)
    void sameThroughRouterThatFreesProviderBeforeItsKeys() {
        assertThat(wrong(providerFirst)).as(providerFirst.said()).isEmpty();
        assertThat(providerFirst.exit()).isZero();
        assertThat(of(providerFirst, "lifetimes")).isNotEmpty();
    }

    /// As a volunteer may start it: it says what is missing, to its end.
    @Test
    @Order(5)
    void selftestWithoutAnAgentSaysSoAndEnds() throws Exception {
        var ran = selftest("--dll", "custodian-ksp.dll");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(wrong(ran)).anyMatch(line -> line.contains("80090030"));
        assertThat(ran.out().strip())
                .containsPattern("checks, \\d+ failed, left out for \\d+ reasons$");
    }

    private static Program.Ran faults(String library, String group) throws Exception {
        return wine.run(
                X64,
                List.of(
                        "faults.exe",
                        Wine.path(X64.resolve(library)),
                        Wine.path(X64.resolve("custodian-ksp-short.dll")),
                        "fake-agent.exe",
                        Wine.path(TEST.resolve("failures.tsv")),
                        group));
    }

    @ParameterizedTest
    @Order(5)
    @ValueSource(
            strings = {
                "requests",
                "context",
                "conversions",
                "failures",
                "broken agents",
                "absent agent",
                "leaks",
                "load"
            })
    void agentIsWhateverItIsAndProgramGetsRightStatus(String group) throws Exception {
        var ran = faults("custodian-ksp.dll", group);
        assertThat(wrong(ran)).as(ran.said()).isEmpty();
        assertThat(of(ran, group)).as(ran.said()).isNotEmpty();
        assertThat(ran.exit()).as(ran.said()).isZero();
    }

    /// A line of `mutants.tsv`.
    record Mutant(int number, String name, String group) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Mutant> mutants() throws Exception {
        var mutants = new ArrayList<Mutant>();
        for (var line : Files.readAllLines(TEST.resolve("mutants.tsv"))) {
            if (!line.startsWith("#")) {
                var columns = line.split("\t", -1);
                mutants.add(new Mutant(mutants.size() + 1, columns[0], columns[4]));
            }
        }
        return mutants.stream();
    }

    @ParameterizedTest
    @Order(6)
    @MethodSource("mutants")
    void mutantIsNoticed(Mutant mutant) throws Exception {
        var ran = faults("mutant-" + mutant.number() + ".dll", mutant.group());
        assertThat(of(ran, mutant.group()))
                .as(ran.said())
                .anyMatch(line -> line.startsWith("NOT OK "));
    }
}
