package dev.custodian.cli;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.Invitation;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.Answer;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The demo's own agent, with folders of its own, and our connection to it.
record DemoAgent(Process process, LinkClient link, Path sockets) implements AutoCloseable {
    private static final String NAME = "demo";

    /// Starts it and connects.
    ///
    /// @param part who answers its questions; null for the person at the terminal
    static DemoAgent start(Processes processes, @Nullable PlayedPart part)
            throws Refused, InterruptedException {
        var folder = processes.folder();
        var socket = AgentSocket.of(environment(folder));
        var sockets = folder.resolve("custodian");
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("--state", folder.resolve("device").toString()));
        arguments.addAll(List.of("--sockets", sockets.toString()));
        // Its device ends with it: TPM and keyring of the person are left alone.
        arguments.addAll(List.of("--no-passphrase", "--device-store", "passphrase"));
        if (part != null) {
            arguments.addAll(List.of("--pinentry", part.program().toString()));
        }
        var log = folder.resolve("agent.log");
        var process = processes.agent(arguments, Redirect.to(log.toFile()));
        if (Processes.firstLine(process, "The agent").isEmpty()) {
            throw ServerProgram.unforeseen("custodian agent", Processes.log(log));
        }
        return new DemoAgent(process, LinkCommand.connect(socket), sockets);
    }

    /// By which the `custodian` command finds this agent.
    static Map<String, String> environment(DemoFolder folder) {
        return Map.of("XDG_RUNTIME_DIR", folder.path().toString());
    }

    Path socket(String name) {
        return sockets.resolve(name);
    }

    /// Makes this machine a device of the invited owner, and returns the owner. The agent asks for
    /// a PIN and shows the recovery code.
    Id join(Invitation invitation) throws Refused {
        return switch (link.join(new Request.Join(invitation.expose(), NAME, LinkCommand.LIMIT))) {
            case Answer.Enrolled(var owner, _) -> owner;
            case Answer other -> throw new IllegalStateException(other.toString());
        };
    }

    @Override
    public void close() {
        link.close();
    }
}
