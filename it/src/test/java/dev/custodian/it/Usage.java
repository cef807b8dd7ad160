package dev.custodian.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process takes, as `/proc` says. Only the superuser sees the file descriptors of an agent,
/// which hides.
///
/// @param files open file descriptors
/// @param megabytes resident memory
record Usage(int files, int threads, int megabytes) {
    static Usage of(long pid) throws IOException {
        var process = Path.of("/proc/" + pid);
        try (var files = Files.list(process.resolve("fd"))) {
            return new Usage(
                    (int) files.count(),
                    number(process, "Threads:"),
                    number(process, "VmRSS:") / 1024);
        }
    }

    private static int number(Path process, String name) throws IOException {
        return Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElseThrow();
    }
}
