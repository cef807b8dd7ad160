package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.it.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What library, pipe and agent cost a Windows program, under Wine: a signature through the library
/// beside the same request that a program sends to the same server itself. `make bench` runs it; it
/// asserts that all were signed, and no speed.
class WindowsSpeed {
    private static final Path X64 = Program.HOME.resolve("target/native/x64");
    private static final Path FIGURES = Path.of("target/windows-speed.txt");
    private static final int ROUNDS = 3;
    private static final int WARM = 16;
    private static final int CALLS = 80;

    @TempDir Path scratch;

    @Test
    void overhead() throws Exception {
        try (var machine = WindowsAgent.start(scratch);
                var library = library(machine);
                var direct = direct(machine)) {
            var contestants = new LinkedHashMap<String, Dialog>();
            contestants.put("SignHash: library, pipe, agent, server", library);
            contestants.put("the same requests, sent directly", direct);
            double before = load();
            var lines = new ArrayList<String>();
            lines.add("");
            lines.add(
                    "Windows, under Wine, the shipped agent and a server: wall time of one"
                            + " signature by P-256, a consent given before, in us.");
            lines.add("");
            lines.add("%-40s %8s %8s %8s".formatted("by", "threads", "p50", "p99"));
            for (int threads : List.of(1, 8)) {
                for (var one : contestants.values()) {
                    var _ = took(one, threads, WARM);
                }
                var all = new LinkedHashMap<String, List<Long>>();
                for (int round = 0; round < ROUNDS; round++) {
                    for (var one : contestants.entrySet()) {
                        var into = all.computeIfAbsent(one.getKey(), _ -> new ArrayList<>());
                        for (long nanos : took(one.getValue(), threads, CALLS)) {
                            into.add(nanos);
                        }
                    }
                }
                all.forEach((name, took) -> lines.add(figures(name, threads, took)));
            }
            lines.add("");
            lines.add("Load of the machine before and after: %.1f, %.1f".formatted(before, load()));
            Files.createDirectories(FIGURES.getParent());
            Files.write(FIGURES, lines);
        }
    }

    /// Programs that want a processor, on average over the last minute.
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static long[] took(Dialog program, int threads, int calls) throws IOException {
        var said = program.ask(threads + " " + calls);
        assertThat(said).matches("[0-9 ]+");
        var took = Arrays.stream(said.split(" ")).mapToLong(Long::parseLong).toArray();
        assertThat(took).hasSize(calls);
        return took;
    }

    private static String figures(String name, int threads, List<Long> took) {
        var sorted = took.stream().sorted().toList();
        return "%-40s %8d %8.0f %8.0f"
                .formatted(
                        name,
                        threads,
                        sorted.get(sorted.size() / 2 - 1) / 1e3,
                        sorted.get(sorted.size() * 99 / 100 - 1) / 1e3);
    }

    /// A device of an owner of its own, with a consent.
    private Dialog direct(WindowsAgent machine) throws Exception {
        var folder = Files.createDirectories(scratch.resolve("direct"));
        var program =
                new Dialog(
                        machine.wine()
                                .program(
                                        machine.wine()
                                                .java(
                                                        List.of(
                                                                WindowsAgent.lib("agent"),
                                                                WindowsAgent.classes()),
                                                        DirectProgram.class.getName(),
                                                        Wine.path(folder))),
                        scratch.resolve("direct.log"));
        var owner = program.ask(machine.invite());
        assertThat(program.ask(credential(machine, Id.parse(Id.Kind.OWNER, owner))))
                .isEqualTo("ready");
        return program;
    }

    /// A program of the person at the machine, with a consent for its process.
    private Dialog library(WindowsAgent machine) throws Exception {
        var id = credential(machine, machine.join());
        machine.custodian("credential", "list", "--sync").orFail();
        var program =
                new Dialog(
                        machine.wine()
                                .program(
                                        List.of(
                                                X64.resolve("speed.exe").toString(),
                                                Wine.path(X64.resolve("custodian-ksp.dll")),
                                                id)),
                        scratch.resolve("library.log"));
        var granting =
                machine.begin(
                        "consent",
                        "grant",
                        id,
                        "--process",
                        program.line(),
                        "--count",
                        "4000",
                        "--minutes",
                        "60");
        machine.approve("Allow signatures ahead?");
        WindowsAgent.ended(granting).orFail();
        return program;
    }

    private static String credential(WindowsAgent machine, Id owner) throws Exception {
        return machine.installation()
                .credentials(Custody.OWNER_SEALED, Purpose.CODE, owner, "P-256")
                .getFirst()
                .id()
                .text();
    }
}
