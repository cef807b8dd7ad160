package dev.custodian.it;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What steps of a measurement took on the wall's clock, for `make bench`.
public final class Times {
    private final Map<String, List<Long>> nanos = new LinkedHashMap<>();
    private final double before = load();

    /// Something that takes a while.
    public interface Step {
        void take() throws Exception;
    }

    /// Programs that want a processor, on average over the last minute.
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /// Takes a step under a name.
    public void take(String name, Step step) throws Exception {
        long began = System.nanoTime();
        step.take();
        add(name, System.nanoTime() - began);
    }

    /// Notes what took so long.
    public void add(String name, long took) {
        nanos.computeIfAbsent(name, _ -> new ArrayList<>()).add(took);
    }

    /// How often that name was taken.
    public int count(String name) {
        return nanos.getOrDefault(name, List.of()).size();
    }

    /// Writes a table of milliseconds.
    public void write(Path file, String title) throws IOException {
        var lines = new ArrayList<>(List.of("", title, ""));
        lines.add("%-48s %8s %8s %8s".formatted("ms", "of", "p50", "p99"));
        nanos.forEach((name, took) -> lines.add(line(name, took)));
        lines.add("");
        lines.add(
                String.format(
                        Locale.ROOT,
                        "Load of the machine before and after: %.1f, %.1f",
                        before,
                        load()));
        Files.createDirectories(file.getParent());
        Files.write(file, lines);
    }

    private static String line(String name, List<Long> took) {
        var sorted = took.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%-48s %8d %8.1f %8.1f",
                name,
                sorted.size(),
                percentile(sorted, 50) / 1e6,
                percentile(sorted, 99) / 1e6);
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }
}
