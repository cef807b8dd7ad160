package dev.custodian.agent.peer;

import dev.custodian.agent.local.Credentials;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Path;

/// Finds out who asks.
public final class Peers {
    private final Processes processes;
    private final String user;

    /// Looks into `/proc`.
    ///
    /// @param user whose programs may ask: our own
    public Peers(int user) {
        this(new ProcFolder(Path.of("/proc")), Integer.toUnsignedString(user));
    }

    /// @param user the name in [Credentials] of our own
    public Peers(Processes processes, String user) {
        this.processes = processes;
        this.user = user;
    }

    /// To be called as soon as somebody has connected: later, the number of the process may be
    /// another one's. Refused (`PROGRAM_REFUSED`) for another user's program, and for one that
    /// ended meanwhile.
    public Peer find(Credentials connected) throws Refused {
        if (!connected.user().equals(user)) {
            throw new Refused(
                    FailureKind.PROGRAM_REFUSED,
                    "It runs as the user with number " + connected.user() + ".");
        }
        if (connected.pid() == 0) {
            return Peer.UNKNOWN;
        }
        try {
            var state = state(connected.pid());
            var peer = new Peer(program(state), leader(state), state.terminal());
            // All that was read between is of one process, if that is still the same.
            if (state(connected.pid()).startTime() != state.startTime()) {
                throw gone(connected.pid());
            }
            return peer;
        } catch (IOException | MalformedException e) {
            throw gone(connected.pid());
        }
    }

    /// A program of this user's by the number of its process, as it is now. Refused
    /// (`PROGRAM_REFUSED`) when there is none.
    public Peer find(int pid) throws Refused {
        return find(new Credentials(pid, user));
    }

    /// Whether the program still runs.
    public boolean isThere(Peer peer) {
        if (!peer.program().isKnown()) {
            return true;
        }
        try {
            return state(peer.program().pid()).startTime() == peer.program().startTime();
        } catch (IOException | MalformedException e) {
            return false;
        }
    }

    private ProcessState state(int pid) throws IOException, MalformedException {
        return processes.state(pid);
    }

    private Program program(ProcessState state) throws IOException {
        return new Program(
                state.pid(), state.startTime(), processes.executable(state.pid()), state.name());
    }

    /// The shell, if the program has a terminal and the shell still runs.
    private Program leader(ProcessState state) {
        if (state.terminal() == 0) {
            return Program.NONE;
        }
        try {
            var leader = state(state.session());
            // A number that somebody else got since then is no leader of any session.
            return leader.session() == state.session() ? program(leader) : Program.NONE;
        } catch (IOException | MalformedException e) {
            return Program.NONE;
        }
    }

    private static Refused gone(int pid) {
        return new Refused(FailureKind.PROGRAM_REFUSED, "Process " + pid + " has ended.");
    }
}
