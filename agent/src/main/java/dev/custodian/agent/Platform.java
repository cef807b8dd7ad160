package dev.custodian.agent;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.session.Login;
import dev.custodian.core.Refused;
import dev.custodian.device.windows.CertificateStore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an operating system gives an agent.
public interface Platform {
    /// Hides the memory of this process, where the system can.
    void hide() throws Refused;

    /// What seals for the user's login.
    Login login();

    /// Where programs of this system look for certificates; null where they do not.
    @Nullable CertificateStore certificates();

    /// Who asks.
    Peers peers() throws Refused;

    /// Opens those doors that programs of this system can reach: all of them or none.
    ///
    /// @param wanted by the names of their sockets
    List<Doorway> open(Map<String, Door> wanted, Peers peers) throws Refused;
}
