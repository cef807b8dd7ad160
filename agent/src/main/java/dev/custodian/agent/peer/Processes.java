package dev.custodian.agent.peer;

import dev.custodian.core.MalformedException;
import java.io.IOException;

/// What the system tells of processes.
public interface Processes {
    /// As the process is now.
    ///
    /// @throws IOException also when there is none
    ProcessState state(int pid) throws IOException, MalformedException;

    /// Path of its program's file; empty when we may not know.
    String executable(int pid) throws IOException;
}
