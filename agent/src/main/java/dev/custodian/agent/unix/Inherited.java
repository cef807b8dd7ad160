package dev.custodian.agent.unix;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The listening sockets that whoever started this process opened for it, so that it starts when
/// the first program connects (sd_listen_fds(3)).
public final class Inherited {
    private static final int FIRST = 3;
    private static final Pattern FEW = Pattern.compile("[1-9]|1[0-6]");

    private Inherited() {}

    /// All of them, by where they are; none when the variables are for another process. Refused
    /// (`CONFIG_WRONG`) when one is no Unix socket that listens.
    ///
    /// To be called once: two listeners must not share a number.
    public static Map<Path, SocketListener> sockets(Map<String, String> environment)
            throws Refused {
        var count = environment.getOrDefault("LISTEN_FDS", "");
        var pid = environment.getOrDefault("LISTEN_PID", "");
        if (!pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return Map.of();
        }
        if (!FEW.matcher(count).matches()) {
            throw new Refused(FailureKind.CONFIG_WRONG, "LISTEN_FDS is not 1 to 16.");
        }
        return sockets(FIRST, Integer.parseInt(count));
    }

    static Map<Path, SocketListener> sockets(int first, int count) throws Refused {
        var sockets = new HashMap<Path, SocketListener>();
        for (int number = first; number < first + count; number++) {
            SocketListener socket;
            try {
                socket = SocketListener.inherited(number);
            } catch (UnixException e) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG,
                        "What was handed over as number "
                                + number
                                + " is no Unix socket that listens.");
            }
            if (sockets.put(socket.path(), socket) != null) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG, socket.path() + " was handed over twice.");
            }
        }
        return sockets;
    }
}
