package dev.custodian.agent;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.session.Login;
import dev.custodian.agent.unix.SocketListener;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.login.KeyringSeal;
import dev.custodian.device.windows.CertificateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Linux: a Unix socket for each door.
///
/// @param sockets a folder of mode 0700 for the sockets
/// @param inherited sockets that were opened for this process: all of them in that folder, with the
///   names of its doors
public record UnixPlatform(Path sockets, Map<Path, SocketListener> inherited) implements Platform {
    @Override
    public void hide() throws Refused {
        try {
            ThisProcess.hide();
        } catch (IOException e) {
            throw new Refused(FailureKind.INTERNAL, "This process cannot hide its memory.");
        }
    }

    @Override
    public Login login() {
        return new Login.Keyring(KeyringSeal.quietlyHere(), KeyringSeal.here());
    }

    @Override
    public @Nullable CertificateStore certificates() {
        return null;
    }

    @Override
    public Peers peers() throws Refused {
        return new Peers(user());
    }

    static int user() throws Refused {
        try {
            return ThisProcess.user();
        } catch (IOException e) {
            throw new Refused(FailureKind.INTERNAL, "The system does not say whose process it is.");
        }
    }

    @Override
    public List<Doorway> open(Map<String, Door> wanted, Peers peers) throws Refused {
        var folder = SocketFolder.open(sockets.toAbsolutePath().normalize());
        for (var path : inherited.keySet()) {
            if (!folder.equals(path.getParent())
                    || !wanted.containsKey(path.getFileName().toString())) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG,
                        path + " was handed over, which is no socket of this agent.");
            }
        }
        var doors = new ArrayList<Doorway>();
        try {
            for (var one : wanted.entrySet()) {
                doors.add(
                        Doorway.open(
                                listener(folder.resolve(one.getKey())), one.getValue(), peers));
            }
            return doors;
        } catch (Refused e) {
            doors.forEach(Doorway::close);
            throw e;
        }
    }

    private SocketListener listener(Path path) throws Refused {
        var ready = inherited.get(path);
        if (ready == null) {
            return SocketListener.open(path);
        }
        ready.requireReachable();
        return ready;
    }
}
