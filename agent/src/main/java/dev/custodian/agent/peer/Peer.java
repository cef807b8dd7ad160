package dev.custodian.agent.peer;

import dev.custodian.core.intent.Shown;
import java.util.ArrayList;
import java.util.List;

/// Who asks.
///
/// @param program the process that connected
/// @param leader the first process of its terminal session, a shell as a rule; [Program#NONE] when
///   it has no terminal
/// @param terminal number of its terminal (`tty_nr` of proc(5)); 0 for none
public record Peer(Program program, Program leader, int terminal) {
    /// The system does not say who: the process is in another container.
    public static final Peer UNKNOWN = new Peer(Program.NONE, Program.NONE, 0);

    /// What a question shows of it.
    public List<Shown> shown() {
        var shown = new ArrayList<Shown>();
        if (!program.isKnown()) {
            shown.add(new Shown("program", "not known", Shown.Source.UNKNOWN));
            return shown;
        }
        shown.add(new Shown("program", program.line(), Shown.Source.REPORTED));
        if (leader.isKnown()) {
            shown.add(new Shown("terminal session of", leader.line(), Shown.Source.REPORTED));
        }
        return shown;
    }

    /// This process and no other, in a form that is compared (FORMATS §6).
    public String processSubject() {
        return "process:" + program.pid() + ":" + program.startTime();
    }

    /// Whatever runs from the same file in this terminal session, in a form that is compared
    /// (FORMATS §6).
    public String sessionSubject() {
        return "session:" + leader.pid() + ":" + leader.startTime() + ":" + program.executable();
    }
}
