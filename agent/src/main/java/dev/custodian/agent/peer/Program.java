package dev.custodian.agent.peer;

import dev.custodian.agent.prompt.Line;

/// A running program.
///
/// @param pid its process
/// @param startTime clock ticks between the start of the system and its own (proc(5)): a number of
///   a process is used again, number and start time together are not
/// @param executable path of its file as the system says it, not cleaned; empty when we may not
///   know
/// @param name what it calls itself, not cleaned
public record Program(int pid, long startTime, String executable, String name) {
    /// There is none, or the system does not say which.
    public static final Program NONE = new Program(0, 0, "", "");

    public boolean isKnown() {
        return pid > 0;
    }

    /// The last part of its file's path, or else what it calls itself; one visible line.
    public String shortName() {
        var file = executable.substring(executable.lastIndexOf('/') + 1);
        return Line.of(file.isEmpty() ? name : file, Line.NAME / 2);
    }

    /// File and process, as one visible line.
    String line() {
        var file =
                executable.isEmpty()
                        ? "calls itself " + Line.of(name, Line.NAME / 2)
                        : Line.of(executable, Line.NAME);
        return file + ", process " + pid;
    }
}
