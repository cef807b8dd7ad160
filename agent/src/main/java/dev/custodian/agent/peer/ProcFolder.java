package dev.custodian.agent.peer;

import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The folder `/proc` of Linux.
record ProcFolder(Path folder) implements Processes {
    @Override
    public ProcessState state(int pid) throws IOException, MalformedException {
        return ProcessState.parse(
                Files.readString(
                        folder.resolve(Integer.toString(pid)).resolve("stat"),
                        StandardCharsets.ISO_8859_1));
    }

    @Override
    public String executable(int pid) throws IOException {
        try {
            return Files.readSymbolicLink(folder.resolve(Integer.toString(pid)).resolve("exe"))
                    .toString();
        } catch (AccessDeniedException e) {
            return "";
        }
    }
}
