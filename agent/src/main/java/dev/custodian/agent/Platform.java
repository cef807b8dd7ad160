package dev.custodian.agent;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.core.Refused;
import java.util.List;
import java.util.Map;

/// What an operating system gives an agent.
public interface Platform {
    /// Hides the memory of this process, where the system can.
    void hide() throws Refused;

    /// Who asks.
    Peers peers() throws Refused;

    /// Opens those doors that programs of this system can reach: all of them or none.
    ///
    /// @param wanted by the names of their sockets
    List<Doorway> open(Map<String, Door> wanted, Peers peers) throws Refused;
}
