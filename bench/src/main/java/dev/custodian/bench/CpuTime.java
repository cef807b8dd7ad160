package dev.custodian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// CPU time of a process without that of its just-in-time compilers, which in a short run would
/// count for more than what is measured (proc(5)).
///
/// The compiler threads must not end before the process does: start it with
/// `-XX:-UseDynamicNumberOfCompilerThreads`.
final class CpuTime {
    /// USER_HZ, the unit of these files, is the same on every Linux that runs a JDK.
    private static final double TICKS_PER_SECOND = 100;

    // utime and stime are the fields 14 and 15; what follows the name begins with field 3.
    private static final int UTIME = 14 - 3;
    private static final int STIME = 15 - 3;

    private CpuTime() {}

    /// Seconds that the process has used so far, threads that have ended included.
    static double of(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        long ticks = ticks(Files.readString(process.resolve("stat")));
        try (var threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (var thread : threads) {
                ticks -= compilerTicks(thread.resolve("stat"));
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// The same to the nanosecond, of a process none of whose threads ends and that waits now.
    static double precise(long pid) throws IOException {
        long nanos = 0;
        try (var threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var thread : threads) {
                if (!isCompiler(Files.readString(thread.resolve("stat")))) {
                    nanos += nanos(Files.readString(thread.resolve("schedstat")));
                }
            }
        }
        return nanos / 1e9;
    }

    /// Time on a processor of a `schedstat` file, in ns.
    static long nanos(String schedstat) {
        return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    }

    private static long compilerTicks(Path file) throws IOException {
        try {
            var stat = Files.readString(file);
            return isCompiler(stat) ? ticks(stat) : 0;
        } catch (NoSuchFileException e) {
            // that thread has ended: no compiler
            return 0;
        }
    }

    /// User and system time of a `stat` file, in ticks. The name in it may hold spaces and
    /// brackets.
    static long ticks(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
    }

    /// Whether a thread's `stat` file is of a compiler of HotSpot. The kernel keeps 15 octets of a
    /// name.
    static boolean isCompiler(String stat) {
        var name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        return name.startsWith("C1 CompilerThre") || name.startsWith("C2 CompilerThre");
    }
}
