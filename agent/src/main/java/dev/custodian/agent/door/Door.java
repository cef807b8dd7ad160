package dev.custodian.agent.door;

import dev.custodian.agent.local.Connection;
import dev.custodian.agent.peer.Peer;
import java.io.IOException;

/// A protocol by which programs reach the agent.
@FunctionalInterface
public interface Door {
    /// Answers one connection until its end, which is also what any exception means.
    void serve(Connection connection, Peer peer) throws IOException;
}
