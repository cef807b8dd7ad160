package dev.custodian.agent.windows;

import dev.custodian.agent.peer.ProcessState;
import dev.custodian.agent.peer.Processes;
import dev.custodian.link.pipe.WindowsProcess;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// The processes of Windows. They have no terminal that others can know.
public final class WindowsProcesses implements Processes {
    @Override
    public ProcessState state(int pid) throws IOException {
        try (var process = WindowsProcess.open(pid)) {
            // Whoever holds it lets one that has ended be asked still.
            if (!process.isRunning()) {
                throw new NoSuchFileException("process " + pid);
            }
            return new ProcessState(pid, "", 0, 0, process.started());
        }
    }

    /// With slashes, which no name there has, and which need not be made visible in a question.
    @Override
    public String executable(int pid) throws IOException {
        try (var process = WindowsProcess.open(pid)) {
            return process.image().replace('\\', '/');
        }
    }
}
