package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Frames over one connection to the agent. One thread sends and receives; nothing waits past its
/// deadline.
interface Carrier extends AutoCloseable {
    /// Connects to an agent of the same user.
    static Carrier connect(AgentAddress address, Deadline deadline)
            throws Refused, IOException, TimeoutException, InterruptedException {
        return switch (address) {
            case AgentSocket socket -> SocketCarrier.connect(socket, deadline);
            case AgentPipe pipe -> PipeCarrier.connect(pipe, deadline);
        };
    }

    /// Sends the whole frame.
    void send(Frame frame, Deadline deadline)
            throws IOException, TimeoutException, InterruptedException;

    /// A frame, when it has come whole; waits for nothing.
    Optional<Bytes> poll() throws IOException, MalformedException;

    /// Waits until there can be something to [#poll], or until somebody calls [#wake].
    void await(Deadline deadline) throws IOException, TimeoutException, InterruptedException;

    /// For another thread: ends the wait.
    void wake();

    @Override
    void close() throws IOException;
}
