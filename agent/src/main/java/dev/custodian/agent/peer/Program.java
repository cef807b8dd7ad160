package dev.custodian.agent.peer;

import dev.custodian.agent.prompt.Line;
import java.util.regex.Pattern;

/// A running program.
///
/// @param pid its process
/// @param startTime in units of the system (ticks of its clock, proc(5), or on Windows 100 ns): a
///   number of a process is used again, number and start time together are not
/// @param executable path of its file as the system says it, not cleaned; empty when we may not
///   know
/// @param name what it calls itself, not cleaned
public record Program(int pid, long startTime, String executable, String name) {
    /// There is none, or the system does not say which.
    public static final Program NONE = new Program(0, 0, "", "");

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_+.-]{0,31}");

    public boolean isKnown() {
        return pid > 0;
    }

    /// The last part of its file's path, or else what it calls itself: a word that can stand in a
    /// sentence of ours. `a program` when it is not plain, so that no name ends the sentence or
    /// begins another one; the [#line] tells the rest.
    public String shortName() {
        var file = executable.substring(executable.lastIndexOf('/') + 1);
        var word = file.isEmpty() ? name : file;
        return WORD.matcher(word).matches() ? word : "a program";
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
