package dev.custodian.it.windows;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.local.Connection;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.windows.PipeListener;
import dev.custodian.agent.windows.WindowsProcesses;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.AgentAddress;
import dev.custodian.link.AgentPipe;
import dev.custodian.link.pipe.Pipe;
import dev.custodian.link.pipe.PipeName;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A Windows program with a door of its own, on a pipe beside the agent's: what `DoorwayTest` shows
/// of Unix sockets. It says what came of each thing.
final class DoorProgram {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LARGE = 4 << 20;

    private DoorProgram() {}

    public static void main(String[] args) throws Exception {
        var agent = ((AgentPipe) AgentAddress.of(Map.of())).name();
        var name = new PipeName(agent.text() + "-it", agent.user());
        var ours = new Peers(new WindowsProcesses(), name.user());
        Door echo =
                (connection, _) -> {
                    for (int octet = connection.read(); octet >= 0; octet = connection.read()) {
                        connection.write(new byte[] {(byte) octet}, LIMIT);
                    }
                };
        var doorway = Doorway.open(PipeListener.open(name), echo, ours);
        System.out.println("second: " + second(name));
        try (var pipe = Pipe.connect(name)) {
            System.out.println("echo: " + ask(pipe));
            doorway.close();
            System.out.println("closed: " + ask(pipe));
        }
        serve(name, echo, new Peers(new WindowsProcesses(), "S-1-5-18"), "stranger");
        serve(name, echo, ours, "again");
        limited(name, ours, "half", c -> c.read(new byte[2], 0, Duration.ofMillis(50)));
        limited(name, ours, "deaf", c -> c.write(new byte[LARGE], Duration.ofMillis(50)));
        System.exit(0);
    }

    private static String second(PipeName name) {
        try (var _ = PipeListener.open(name)) {
            return "made";
        } catch (Refused e) {
            return e.kind().name();
        }
    }

    /// Once all of the last one is gone: the thread of a connection closes its end of the pipe
    /// after the door is closed.
    private static PipeListener again(PipeName name) throws Refused {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return PipeListener.open(name);
            } catch (Refused e) {
                if (e.kind() != FailureKind.SOCKET_TAKEN || System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static void serve(PipeName name, Door door, Peers peers, String what) throws Exception {
        try (var _ = Doorway.open(again(name), door, peers);
                var pipe = Pipe.connect(name)) {
            System.out.println(what + ": " + ask(pipe));
        }
    }

    /// What a door does with a connection.
    private interface Work {
        void with(Connection connection) throws IOException;
    }

    /// Says why it ended, with a program that sends one octet and reads nothing.
    private static void limited(PipeName name, Peers peers, String what, Work work)
            throws Exception {
        var ended = new LinkedBlockingQueue<String>();
        Door door =
                (connection, _) -> {
                    try {
                        work.with(connection);
                        ended.add("well");
                    } catch (IOException e) {
                        ended.add(String.valueOf(e.getMessage()));
                    }
                };
        try (var _ = Doorway.open(again(name), door, peers);
                var pipe = Pipe.connect(name)) {
            pipe.write(new byte[1], LIMIT.toMillis());
            System.out.println(what + ": " + ended.poll(LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
    }

    /// The octet that comes back for one; -1 for the end.
    private static int ask(Pipe pipe) throws Exception {
        var octet = new byte[] {7};
        try {
            pipe.write(octet, LIMIT.toMillis());
        } catch (IOException e) {
            return -1;
        }
        return pipe.read(octet, 0, 1, LIMIT.toMillis()) < 0 ? -1 : octet[0];
    }
}
