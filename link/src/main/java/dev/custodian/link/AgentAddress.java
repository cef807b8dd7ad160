package dev.custodian.link;

import dev.custodian.core.Refused;
import java.io.File;
import java.util.Map;

/// Where a user's agent listens: a Unix socket, or on Windows a named pipe.
public sealed interface AgentAddress permits AgentSocket, AgentPipe {
    /// That of the user who runs this process.
    static AgentAddress of(Map<String, String> environment) throws Refused {
        // Asked of nobody else: what is for the other system must not load.
        return File.separatorChar == '\\' ? AgentPipe.ours() : AgentSocket.of(environment);
    }

    /// As a person reads it.
    String text();
}
