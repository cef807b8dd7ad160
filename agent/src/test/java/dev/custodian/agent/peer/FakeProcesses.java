package dev.custodian.agent.peer;

import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Processes that come and go as a test wants.
final class FakeProcesses implements Processes {
    private final Map<Integer, Deque<String>> stats = new HashMap<>();
    private final Map<Integer, String> executables = new HashMap<>();

    /// Each look at the process sees the next of `stats`; the last one stays.
    FakeProcesses with(int pid, String executable, String... lines) {
        stats.put(pid, new ArrayDeque<>(java.util.List.of(lines)));
        executables.put(pid, executable);
        return this;
    }

    static String stat(int pid, String name, int session, int terminal, long start) {
        return pid
                + " ("
                + name
                + ") S 1 1 "
                + session
                + " "
                + terminal
                + " -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 "
                + start
                + " 123 456\n";
    }

    @Override
    public ProcessState state(int pid) throws IOException, MalformedException {
        var lines = stats.get(pid);
        if (lines == null) {
            throw new NoSuchFileException("/proc/" + pid);
        }
        var line = lines.size() > 1 ? lines.removeFirst() : lines.getFirst();
        if (line.isEmpty()) {
            throw new NoSuchFileException("/proc/" + pid);
        }
        return ProcessState.parse(line);
    }

    @Override
    public String executable(int pid) {
        return executables.getOrDefault(pid, "");
    }
}
