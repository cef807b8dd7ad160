package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The programs as a user starts them, from the jars that are built.
final class Programs {
    private static final int STARTS = 5;
    private static final int DEMOS = 3;

    private Programs() {}

    /// Seconds from `./custodian demo` to its end, by when it has verified the PDF.
    static void demo(Path folder, Report report) throws IOException, InterruptedException {
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < DEMOS; i++) {
            var out = folder.resolve("demo-" + i + ".pdf");
            long began = System.nanoTime();
            demo(out);
            seconds.add((System.nanoTime() - began) / 1e9);
        }
        report.line(
                "demo, from built jars to a verified PDF: %.1f s wall (median of %d)"
                        .formatted(Figures.median(seconds), DEMOS));
    }

    private static void demo(Path out) throws IOException, InterruptedException {
        Program.output(
                List.of(
                        Program.HOME.resolve("custodian").toString(),
                        "demo",
                        "--json",
                        "--out",
                        out.toString()));
    }

    /// Wall time, CPU time and memory of `./custodian-server run` when it says that it serves.
    static void start(Path config, Report report) throws IOException, InterruptedException {
        var wall = new ArrayList<Double>();
        var cpu = new ArrayList<Double>();
        var memory = new ArrayList<Double>();
        for (int i = 0; i < STARTS; i++) {
            long began = System.nanoTime();
            var process =
                    Program.builder(
                                    List.of(
                                            Program.HOME.resolve("custodian-server").toString(),
                                            "run",
                                            "--config",
                                            config.toString()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var out = process.inputReader(StandardCharsets.UTF_8)) {
                if (out.readLine() == null) {
                    throw new IOException("the server did not start");
                }
                wall.add((System.nanoTime() - began) / 1e9);
                cpu.add(CpuTime.of(process.pid()));
                memory.add(megabytes(process.pid()));
            } finally {
                process.destroy();
                process.waitFor();
            }
        }
        double start = Figures.median(wall);
        double rss = Figures.median(memory);
        report.line(
                "server start: %.2f s wall, %.2f s CPU without compilers (median of %d); aim 1.5 s: %s"
                        .formatted(start, Figures.median(cpu), STARTS, Report.met(start <= 1.5)));
        report.line(
                "server RSS when it serves: %.0f MB; aim 200 MB: %s"
                        .formatted(rss, Report.met(rss <= 200)));
    }

    /// Wall time from `./custodian agent` until the ssh door takes a connection, and its CPU time
    /// and memory then: with the AOT cache of `build/aot.sh` and without.
    static void agent(Path folder, Report report) throws IOException, InterruptedException {
        var cache = Program.HOME.resolve("agent/target/agent.aot");
        var away = cache.resolveSibling("agent.aot.away");
        var with = new Starts();
        var without = new Starts();
        for (int i = 0; i < STARTS; i++) {
            with.add(folder.resolve("start-" + i));
            Files.move(cache, away);
            try {
                without.add(folder.resolve("cold-" + i));
            } finally {
                Files.move(away, cache);
            }
        }
        double start = Figures.median(with.wall);
        report.line("agent start: %s; aim 0.3 s: %s".formatted(with, Report.met(start <= 0.3)));
        report.line("  without AOT cache: %s".formatted(without));
    }

    /// Seconds from `./custodian sign` to its end, by when the signed PDF is checked; with an agent
    /// that runs, and a script that types the PIN at once. Signs a PDF of the demo.
    static void sign(Estate estate, ServerProcess server, Report report) throws Exception {
        var folder = estate.folder();
        server.obey("work UNSEALING");
        var owner =
                estate.enrol("signer", server.url(), Purpose.DOCUMENT, Set.of(KeyAlgorithm.P256));
        var pdf = folder.resolve("to-sign.pdf");
        demo(pdf);
        var seconds = new ArrayList<Double>();
        try (var agent = AgentProgram.start(owner.folder(), folder.resolve("sign"))) {
            for (int i = 0; i < STARTS; i++) {
                long began = System.nanoTime();
                agent.command(
                        "sign",
                        pdf.toString(),
                        "--out",
                        folder.resolve("signed-" + i + ".pdf").toString());
                seconds.add((System.nanoTime() - began) / 1e9);
            }
        }
        report.line(
                "custodian sign, from the shell to the checked PDF, P-256: %.1f s wall (median of %d)"
                        .formatted(Figures.median(seconds), STARTS));
    }

    /// Starts of an agent that has joined nowhere.
    private static final class Starts {
        final List<Double> wall = new ArrayList<>();
        private final List<Double> cpu = new ArrayList<>();
        private final List<Double> memory = new ArrayList<>();

        void add(Path folder) throws IOException, InterruptedException {
            try (var agent = AgentProgram.start(folder.resolve("state"), folder)) {
                wall.add(agent.startSeconds());
                cpu.add(CpuTime.of(agent.pid()));
                memory.add(megabytes(agent.pid()));
            }
        }

        @Override
        public String toString() {
            return "%.2f s wall, %.2f s CPU without compilers, %.0f MB (median of %d)"
                    .formatted(
                            Figures.median(wall),
                            Figures.median(cpu),
                            Figures.median(memory),
                            wall.size());
        }
    }

    /// Resident memory of a process (VmRSS of proc(5)).
    static double megabytes(long pid) throws IOException {
        return megabytes(Files.readString(Path.of("/proc", "" + pid, "status")));
    }

    static double megabytes(String status) {
        var line = status.lines().filter(one -> one.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
    }
}
