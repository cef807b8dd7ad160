package dev.custodian.agent;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.session.Login;
import dev.custodian.agent.windows.PipeListener;
import dev.custodian.agent.windows.WindowsProcesses;
import dev.custodian.core.Refused;
import dev.custodian.device.windows.CertificateStore;
import dev.custodian.device.windows.DataProtection;
import dev.custodian.device.windows.SystemCertificateStore;
import dev.custodian.link.pipe.PipeName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Windows: a named pipe for the link, and no other door. Programs there come by the key storage
/// provider, which speaks the link.
///
/// @param pipe where to listen
record WindowsPlatform(PipeName pipe) implements Platform {
    /// There is nothing to call: another program of the same user can read this process.
    @Override
    public void hide() {}

    @Override
    public Login login() {
        var protection = DataProtection.here();
        return protection == null ? new Login.None() : new Login.Always(protection);
    }

    @Override
    public @Nullable CertificateStore certificates() {
        return SystemCertificateStore.here();
    }

    @Override
    public Peers peers() {
        return new Peers(new WindowsProcesses(), pipe.user());
    }

    @Override
    public List<Doorway> open(Map<String, Door> wanted, Peers peers) throws Refused {
        var link = Objects.requireNonNull(wanted.get(Agent.LINK_SOCKET));
        return List.of(Doorway.open(PipeListener.open(pipe), link, peers));
    }
}
