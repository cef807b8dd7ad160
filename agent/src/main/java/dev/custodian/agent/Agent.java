package dev.custodian.agent;

import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.p11.P11Door;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.prompt.OneAtATime;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Remote;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.ssh.SshDoor;
import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The daemon: an enrolled device, whoever asks the person, and the doors.
public final class Agent implements AutoCloseable {
    /// Name of the ssh door's socket.
    public static final String SSH_SOCKET = "ssh.sock";

    /// Name of the PKCS#11 door's socket.
    public static final String P11_SOCKET = "p11.sock";

    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final Duration EACH = Duration.ofMinutes(1);

    private final AgentFolder folder;
    private final Remote remote;
    private final Signing signing;
    private final List<Doorway> doors;
    private final ScheduledExecutorService refreshing;

    private Agent(
            AgentFolder folder,
            Remote remote,
            Signing signing,
            List<Doorway> doors,
            ScheduledExecutorService refreshing) {
        this.folder = folder;
        this.remote = remote;
        this.signing = signing;
        this.doors = doors;
        this.refreshing = refreshing;
    }

    /// Hides this process, takes the folder and opens the doors. The server need not be there.
    ///
    /// @param state the device's folder
    /// @param sockets a folder of mode 0700 for the sockets
    /// @param prompt how the person is asked
    public static Agent start(Path state, Path sockets, Prompt prompt) throws Refused {
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        hide();
        var folder = AgentFolder.open(state, random);
        try {
            var remote = new Remote(folder.memory(), folder.signer(), clock, random);
            var peers = new Peers(user());
            var keys = new KeyRing(remote);
            var lock = new Lock(random);
            var signing =
                    new Signing(remote, new OneAtATime(prompt), folder::share, peers, lock, clock);
            var opened = SocketFolder.open(sockets);
            var ssh =
                    Doorway.open(
                            opened.resolve(SSH_SOCKET), new SshDoor(keys, signing, lock), peers);
            var doors =
                    List.of(ssh, p11(opened, new P11Door(keys, signing, lock, random), peers, ssh));
            return new Agent(folder, remote, signing, doors, refresh(keys));
        } catch (Refused | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static Doorway p11(Path sockets, P11Door door, Peers peers, Doorway before)
            throws Refused {
        try {
            return Doorway.open(sockets.resolve(P11_SOCKET), door, peers);
        } catch (Refused e) {
            before.close();
            throw e;
        }
    }

    private static void hide() throws Refused {
        try {
            ThisProcess.hide();
        } catch (IOException e) {
            throw new Refused(FailureKind.INTERNAL, "This process cannot hide its memory.");
        }
    }

    private static int user() throws Refused {
        try {
            return ThisProcess.user();
        } catch (IOException e) {
            throw new Refused(FailureKind.INTERNAL, "The system does not say whose process it is.");
        }
    }

    private static ScheduledExecutorService refresh(KeyRing keys) {
        var refreshing =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("key ring").factory());
        var _ =
                refreshing.scheduleWithFixedDelay(
                        () -> refreshOnce(keys), 0, EACH.toSeconds(), TimeUnit.SECONDS);
        return refreshing;
    }

    private static void refreshOnce(KeyRing keys) {
        try {
            keys.refresh();
        } catch (Refused e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the credentials are as before: {0}",
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a fault of our own", e);
        }
    }

    /// Ends all connections and takes the sockets away.
    @Override
    public void close() {
        refreshing.shutdownNow();
        doors.forEach(Doorway::close);
        signing.close();
        remote.close();
        folder.close();
    }
}
