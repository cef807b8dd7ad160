package dev.custodian.agent;

import dev.custodian.agent.door.Doorway;
import dev.custodian.agent.link.LinkDoor;
import dev.custodian.agent.link.Requests;
import dev.custodian.agent.p11.P11Door;
import dev.custodian.agent.prompt.OneAtATime;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.session.AgentFolder;
import dev.custodian.agent.session.Doctor;
import dev.custodian.agent.session.Enrolling;
import dev.custodian.agent.session.MachineKeys;
import dev.custodian.agent.session.OwnerDevices;
import dev.custodian.agent.session.Session;
import dev.custodian.agent.session.StoreOption;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Remote;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.ssh.SshDoor;
import dev.custodian.agent.windows.CertificateSync;
import dev.custodian.agent.windows.WindowsPlaces;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.jca.DeviceProvider;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The daemon: the device that this machine is, whoever asks the person, and the doors.
public final class Agent implements AutoCloseable {
    /// Name of the ssh door's socket.
    public static final String SSH_SOCKET = "ssh.sock";

    /// Name of the PKCS#11 door's socket.
    public static final String P11_SOCKET = "p11.sock";

    /// Name of the link's socket.
    static final String LINK_SOCKET = "agent.sock";

    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final Duration EACH = Duration.ofMinutes(1);

    private final AgentFolder folder;
    private final Session session;
    private final Signing signing;
    private final List<Doorway> doors;
    private final ScheduledExecutorService refreshing;

    private Agent(
            AgentFolder folder,
            Session session,
            Signing signing,
            List<Doorway> doors,
            ScheduledExecutorService refreshing) {
        this.folder = folder;
        this.session = session;
        this.signing = signing;
        this.doors = doors;
        this.refreshing = refreshing;
    }

    /// How the device key is kept.
    ///
    /// @param passphrases whether a join asks for one, where a file has the key
    public record Keys(StoreOption store, boolean passphrases) {}

    /// Hides this process, takes the folder and opens the doors. Neither the server need be there,
    /// nor a device: programs see no keys before this machine has joined.
    ///
    /// @param state the device's folder
    /// @param prompt how the person is asked
    /// @param keys how a join keeps the device key
    public static Agent start(Platform platform, Path state, Prompt prompt, Keys keys)
            throws Refused {
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        platform.hide();
        // TLS signs with the device key through it
        Security.addProvider(new DeviceProvider());
        var folder = AgentFolder.open(state, platform.login(), keys.store, random);
        try {
            var session = new Session(folder, clock, random);
            var enrolling = new Enrolling(folder, session, keys.passphrases, clock, random);
            var remote = new Remote(session, random);
            var one = new OneAtATime(prompt);
            var peers = platform.peers();
            var store = platform.certificates();
            var certificates = new CertificateSync(store, folder, session::state, clock);
            var ring = new KeyRing(remote, certificates::told);
            var lock = new Lock(random);
            var signing = new Signing(remote, one, folder::share, peers, lock, clock);
            var membership =
                    new Requests.Membership(
                            session,
                            enrolling,
                            new OwnerDevices(folder, session, random),
                            new MachineKeys(folder),
                            new Doctor(
                                    folder,
                                    session,
                                    clock,
                                    WindowsPlaces.here(
                                            store, System.getenv("SystemRoot"), folder, ring)),
                            certificates);
            var link = new LinkDoor(new Requests(ring, signing, lock, peers, one, membership));
            var doors =
                    platform.open(
                            Map.of(
                                    SSH_SOCKET, new SshDoor(ring, signing, lock),
                                    P11_SOCKET, new P11Door(ring, signing, lock, random),
                                    LINK_SOCKET, link),
                            peers);
            return new Agent(
                    folder,
                    session,
                    signing,
                    doors,
                    refresh(ring, session, enrolling, certificates));
        } catch (Refused | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static ScheduledExecutorService refresh(
            KeyRing keys, Session session, Enrolling enrolling, CertificateSync certificates) {
        var refreshing =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("key ring").factory());
        var _ =
                refreshing.scheduleWithFixedDelay(
                        () -> refreshOnce(keys, session, enrolling, certificates),
                        0,
                        EACH.toSeconds(),
                        TimeUnit.SECONDS);
        return refreshing;
    }

    private static void refreshOnce(
            KeyRing keys, Session session, Enrolling enrolling, CertificateSync certificates) {
        try {
            enrolling.lookAgain();
            keys.refresh();
            session.prove();
        } catch (Refused e) {
            session.refused(e);
            keys.looked();
            certificates.look();
            LOG.log(
                    e.kind() == FailureKind.NOT_JOINED || e.kind() == FailureKind.KEY_SEALED
                            ? System.Logger.Level.DEBUG
                            : System.Logger.Level.WARNING,
                    "the credentials are as before: {0}",
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a fault of our own", e);
        } finally {
            keys.looked();
        }
    }

    /// Ends all connections, and takes away what it listened on.
    @Override
    public void close() {
        refreshing.shutdownNow();
        doors.forEach(Doorway::close);
        signing.close();
        session.close();
        folder.close();
    }
}
