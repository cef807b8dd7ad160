package dev.custodian.agent.peer;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// What we need to know of a process.
///
/// @param name what it calls itself: anything, parentheses and line feeds too
/// @param session number of the first process of its terminal session; 0 for none
/// @param terminal number of its terminal; 0 for none
/// @param startTime in units of the system, since a time that is its own
public record ProcessState(int pid, String name, int session, int terminal, long startTime) {
    private static final int MAX_SIZE = 4096;
    private static final int SESSION = 3;
    private static final int TERMINAL = 4;
    private static final int START_TIME = 19;

    /// Reads the `stat` of a process (proc(5)).
    static ProcessState parse(String stat) throws MalformedException {
        int open = stat.indexOf(" (");
        // The name is free text: only the last parenthesis ends it.
        int close = stat.lastIndexOf(") ");
        if (stat.length() > MAX_SIZE || open < 1 || close < open + 2) {
            throw new MalformedException(Reason.SYNTAX, "not the stat of a process");
        }
        var fields = stat.substring(close + 2).strip().split(" ", -1);
        if (fields.length <= START_TIME) {
            throw new MalformedException(Reason.SIZE, "a stat with too few fields");
        }
        try {
            return new ProcessState(
                    Integer.parseInt(stat.substring(0, open)),
                    stat.substring(open + 2, close),
                    Integer.parseInt(fields[SESSION]),
                    Integer.parseInt(fields[TERMINAL]),
                    Long.parseLong(fields[START_TIME]));
        } catch (NumberFormatException e) {
            throw new MalformedException("a stat without a number in its place");
        }
    }
}
