package dev.custodian.agent.link;

import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.session.Asker;
import dev.custodian.agent.session.Doctor;
import dev.custodian.agent.session.Enrolling;
import dev.custodian.agent.session.MachineKeys;
import dev.custodian.agent.session.OwnerDevices;
import dev.custodian.agent.session.Session;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.windows.CertificateSync;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import dev.custodian.link.Request;
import dev.custodian.link.SessionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the link door answers: each request by one use case. What the key ring knows waits for no
/// network.
public final class Requests {
    /// The agent's own.
    static final String VERSION = "0.1.0";

    /// How long a login may take, with the question for a passphrase.
    private static final Duration LOGIN = Duration.ofMinutes(3);

    private static final System.Logger LOG = System.getLogger(Requests.class.getName());

    private final KeyRing keys;
    private final Names names;
    private final LinkSigning signing;
    private final LinkConsents consents;
    private final Lock lock;
    private final Peers peers;
    private final Prompt prompt;
    private final Session session;
    private final Enrolling enrolling;
    private final OwnerDevices devices;
    private final MachineKeys machine;
    private final Doctor doctor;
    private final CertificateSync certificates;

    /// What is needed of the session.
    public record Membership(
            Session session,
            Enrolling enrolling,
            OwnerDevices devices,
            MachineKeys machine,
            Doctor doctor,
            CertificateSync certificates) {}

    /// @param prompt one that asks one question at a time
    public Requests(
            KeyRing keys,
            Signing signing,
            Lock lock,
            Peers peers,
            Prompt prompt,
            Membership membership) {
        this.keys = keys;
        this.names = new Names(keys);
        this.signing = new LinkSigning(names, signing);
        this.consents = new LinkConsents(names, signing, peers);
        this.lock = lock;
        this.peers = peers;
        this.prompt = prompt;
        this.session = membership.session;
        this.enrolling = membership.enrolling;
        this.devices = membership.devices;
        this.machine = membership.machine;
        this.doctor = membership.doctor;
        this.certificates = membership.certificates;
    }

    Answer answer(Request request, Caller caller) throws Refused {
        return switch (request) {
            case Request.Hello _ -> new Answer.Welcome(VERSION, session.state());
            case Request.ListCredentials list -> Answer.Credentials.of(open().told(), list);
            case Request.GetCredential(var name) -> new Answer.OneCredential(open().told(name));
            case Request.Sign sign -> signing.sign(sign, limited(caller, sign.limit()));
            case Request.Cancel() -> throw new IllegalStateException("answered elsewhere");
            case Request.Status() -> new Answer.Standing(session.state(), lines());
            case Request.Doctor() -> new Answer.Diagnosis(doctor.examine());
            case Request.Sync() -> {
                certificates.want();
                refresh();
                yield new Answer.Synced(count());
            }
            case Request.Unsync() -> {
                certificates.unsync();
                yield new Answer.Unsynced();
            }
            case Request.ListConsents() -> consents.list();
            case Request.GrantConsent grant ->
                    consents.grant(grant, limited(caller, grant.limit()));
            case Request.ForgetConsent(var consent) -> consents.forget(consent);
            case Request.Join(var invitation, var name, var limit) ->
                    joined(enrolling.join(invitation, name, asker(caller, limit)));
            case Request.Recover(var address, var name, var limit) ->
                    joined(enrolling.recover(address, name, asker(caller, limit)));
            case Request.Login() -> {
                var state = session.login(asker(caller, LOGIN));
                refresh();
                yield new Answer.Session(state);
            }
            case Request.Logout() -> new Answer.Session(logout());
            case Request.ListDevices() -> devices.list();
            case Request.ApproveDevice(var device, var limit) -> {
                devices.approve(device, unlocked(caller, limit));
                yield new Answer.DevicesChanged();
            }
            case Request.RefuseDevice(var device) -> {
                devices.refuse(device);
                yield new Answer.DevicesChanged();
            }
            case Request.RemoveDevice(var device, var limit) -> {
                devices.remove(device, unlocked(caller, limit));
                certificates.look();
                yield new Answer.DevicesChanged();
            }
            case Request.StopRecovery(var limit) -> {
                devices.stopRecovery(unlocked(caller, limit));
                yield new Answer.DevicesChanged();
            }
            case Request.ChangePin(var limit) -> {
                devices.changePin(unlocked(caller, limit));
                yield new Answer.PinChanged();
            }
            case Request.ListStores() -> new Answer.Told(machine.list());
            case Request.ShowKey(var key) -> new Answer.Told(machine.show(key));
            case Request.CreateKey(var store, var name, var limit) ->
                    new Answer.Told(machine.create(store, name, asker(caller, limit)));
            case Request.DeleteKey(var key, var limit) -> {
                machine.delete(key, asker(caller, limit));
                yield new Answer.Told(List.of());
            }
        };
    }

    /// Also when the server cannot be told, no program finds a certificate any more.
    private SessionState logout() throws Refused {
        try {
            return session.logout();
        } finally {
            certificates.clear();
        }
    }

    private Names open() throws Refused {
        lock.requireOpen();
        return names;
    }

    private List<Answer.Line> lines() throws Refused {
        var lines = new ArrayList<>(session.lines());
        if (session.state() != SessionState.NOT_JOINED) {
            lines.add(new Answer.Line("credentials", Integer.toString(count())));
        }
        return lines;
    }

    private int count() {
        return keys.credentials(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE).size();
    }

    private void refresh() throws Refused {
        try {
            keys.refresh();
        } catch (Refused e) {
            session.refused(e);
            certificates.look();
            throw e;
        }
    }

    /// The credentials come with the device, but it is one without them too.
    private Answer joined(Answer answer) {
        if (answer instanceof Answer.Enrolled) {
            try {
                refresh();
            } catch (Refused e) {
                LOG.log(System.Logger.Level.INFO, "no credentials yet: {0}", e.getMessage());
            }
        }
        return answer;
    }

    private Caller limited(Caller caller, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        return new Caller(
                caller.peer(),
                caller.name(),
                () ->
                        caller.isThere().getAsBoolean()
                                && peers.isThere(caller.peer())
                                && System.nanoTime() - end < 0);
    }

    private Asker asker(Caller caller, Duration limit) throws Refused {
        lock.requireOpen();
        var limited = limited(caller, limit);
        return new Asker(prompt, caller.peer(), caller.says(), new Waits(limited));
    }

    /// The same, once the device key can be used.
    private Asker unlocked(Caller caller, Duration limit) throws Refused {
        var asker = asker(caller, limit);
        session.unlock(asker);
        return asker;
    }

    private record Waits(Caller caller) implements Prompt.Watch {
        @Override
        public boolean isWanted() {
            return caller.isThere().getAsBoolean();
        }

        @Override
        public List<String> waiting() {
            return List.of();
        }

        @Override
        public int terminal() {
            return caller.peer().terminal();
        }
    }
}
