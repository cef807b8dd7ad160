package dev.custodian.agent.peer;

import java.io.IOException;

/// What the system tells of processes.
interface Processes {
    /// The line of `/proc/PID/stat`.
    String stat(int pid) throws IOException;

    /// Where `/proc/PID/exe` leads; empty when we may not know.
    String executable(int pid) throws IOException;
}
