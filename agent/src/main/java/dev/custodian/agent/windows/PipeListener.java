package dev.custodian.agent.windows;

import dev.custodian.agent.local.Connection;
import dev.custodian.agent.local.Credentials;
import dev.custodian.agent.local.Listener;
import dev.custodian.agent.local.ScarceException;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.pipe.Pipe;
import dev.custodian.link.pipe.PipeName;
import dev.custodian.link.pipe.PipeServer;
import dev.custodian.link.pipe.WindowsException;
import dev.custodian.link.pipe.WindowsProcess;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/// The named pipe of the link door.
public final class PipeListener implements Listener {
    private final PipeServer server;
    private final Semaphore room = Connection.room();

    private PipeListener(PipeServer server) {
        this.server = server;
    }

    /// Makes the pipe and listens; refused (`SOCKET_TAKEN`) when another program serves it, of
    /// whatever user.
    public static PipeListener open(PipeName name) throws Refused {
        try {
            return new PipeListener(PipeServer.open(name));
        } catch (WindowsException e) {
            throw new Refused(
                    FailureKind.SOCKET_TAKEN,
                    e.isDenied()
                            ? "Another program serves " + name.text() + "."
                            : name.text() + " cannot be made: " + e.getMessage() + ".");
        }
    }

    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public Connection accept() throws IOException {
        while (true) {
            var pipe = next();
            try {
                return new Connection(new PipeStream(pipe, peer(pipe)), room);
            } catch (IOException e) {
                // It has ended already, or does not say whose it is.
                pipe.close();
            }
        }
    }

    private Pipe next() throws IOException {
        try {
            return server.accept();
        } catch (WindowsException e) {
            throw e.isPassing() ? new ScarceException(e) : e;
        }
    }

    private static Credentials peer(Pipe pipe) throws IOException {
        int pid = pipe.peer();
        try (var process = WindowsProcess.open(pid)) {
            return new Credentials(pid, process.user());
        }
    }

    @Override
    public void shut() {
        server.shut();
    }

    @Override
    public void close() {
        server.close();
    }
}
