package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/// A program's connection to the agent: one request at a time, and each ends within its time limit.
///
/// What the agent refuses is a [Refused] in its words. When the agent breaks the protocol, is late
/// or goes, the connection is closed, and every later call is refused: connect anew.
public final class LinkClient implements AutoCloseable {
    /// For a passphrase that the agent asks for at a login.
    private static final Duration TYPING = Duration.ofMinutes(3);

    private static final int MOST_CREDENTIALS = 10_000;

    /// How long we wait.
    ///
    /// @param quick for what the agent knows itself
    /// @param slow for what it must ask the server
    /// @param grace beyond a limit that the agent knows, and after a cancellation
    record Patience(Duration quick, Duration slow, Duration grace) {
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(5));
    }

    private final Carrier carrier;
    private final Patience patience;
    private long requests;
    private volatile boolean closed;

    /// Number of the running request, and of the one that is to be cancelled; 0 for none.
    private volatile long running;

    private volatile long unwanted;

    private LinkClient(Carrier carrier, Patience patience) {
        this.carrier = carrier;
        this.patience = patience;
    }

    /// Connects to the agent at `address` and says who asks.
    ///
    /// @param program its own name, 1 to 256 octets
    /// @param version of it, 1 to 64 octets
    public static LinkClient connect(AgentAddress address, String program, String version)
            throws Refused {
        return connect(address, new Request.Hello(program, version), Patience.USUAL);
    }

    static LinkClient connect(AgentAddress address, Request.Hello hello, Patience patience)
            throws Refused {
        LinkClient client;
        try {
            client =
                    new LinkClient(
                            Carrier.connect(address, Deadline.in(patience.quick())), patience);
        } catch (TimeoutException e) {
            throw new Refused(FailureKind.AGENT_LATE, "It takes no more connections just now.");
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (IOException e) {
            throw new Refused(FailureKind.AGENT_UNREACHABLE, address.text() + " cannot be opened.");
        }
        try {
            client.call(hello, patience.quick(), Answer.Welcome.class);
            return client;
        } catch (Refused e) {
            client.close();
            throw e;
        }
    }

    /// All credentials of these purposes, with rising ids.
    public List<Credential> credentials(Set<Purpose> purposes) throws Refused {
        var all = new ArrayList<Credential>();
        while (true) {
            var after = all.isEmpty() ? "" : all.getLast().id().text();
            var answer =
                    call(
                            new Request.ListCredentials(purposes, after),
                            patience.quick(),
                            Answer.Credentials.class);
            if (!answer.page().isEmpty()
                    && answer.page().getFirst().id().text().compareTo(after) <= 0) {
                throw broken("It lists credentials twice.");
            }
            all.addAll(answer.page());
            if (!answer.more()) {
                return all;
            }
            if (all.size() > MOST_CREDENTIALS) {
                throw broken("It lists more than " + MOST_CREDENTIALS + " credentials.");
            }
        }
    }

    /// The credential with this name or id.
    public Credential credential(String name) throws Refused {
        var credential =
                call(new Request.GetCredential(name), patience.quick(), Answer.OneCredential.class)
                        .credential();
        if (!credential.name().equals(name) && !credential.id().text().equals(name)) {
            throw broken("It answers with another credential.");
        }
        return credential;
    }

    /// Signatures in the order of the digests; ECDSA in DER. Waits for the owner as long as the
    /// request says.
    public List<Bytes> sign(Request.Sign request) throws Refused {
        var signatures =
                call(request, request.limit().plus(patience.grace()), Answer.Signatures.class)
                        .signatures();
        if (signatures.size() != request.digests().size()) {
            throw broken(
                    signatures.size()
                            + " signatures for "
                            + request.digests().size()
                            + " digests.");
        }
        return signatures;
    }

    public Answer.Standing status() throws Refused {
        return call(new Request.Status(), patience.quick(), Answer.Standing.class);
    }

    public List<Answer.Check> doctor() throws Refused {
        return call(new Request.Doctor(), patience.slow(), Answer.Diagnosis.class).checks();
    }

    /// Has the agent look anew; says how many credentials there are.
    public long sync() throws Refused {
        return call(new Request.Sync(), patience.slow(), Answer.Synced.class).credentials();
    }

    /// Has the agent take the certificates out of the system's store; refused where there is none.
    public void unsync() throws Refused {
        call(new Request.Unsync(), patience.quick(), Answer.Unsynced.class);
    }

    /// The stores of device keys, and the keys in them.
    public List<Answer.Line> stores() throws Refused {
        return call(new Request.ListStores(), patience.slow(), Answer.Told.class).lines();
    }

    /// What is known of a device key.
    public List<Answer.Line> key(String uri) throws Refused {
        return call(new Request.ShowKey(uri), patience.slow(), Answer.Told.class).lines();
    }

    /// Waits for the owner as long as the request says; tells of the key that was made.
    public List<Answer.Line> createKey(Request.CreateKey request) throws Refused {
        return call(request, request.limit().plus(patience.grace()), Answer.Told.class).lines();
    }

    /// Waits for the owner as long as the request says.
    public void deleteKey(Request.DeleteKey request) throws Refused {
        call(request, request.limit().plus(patience.grace()), Answer.Told.class);
    }

    public List<Consent> consents() throws Refused {
        return call(new Request.ListConsents(), patience.quick(), Answer.Consents.class).consents();
    }

    /// Waits for the owner as long as the request says.
    public Consent grant(Request.GrantConsent request) throws Refused {
        return call(request, request.limit().plus(patience.grace()), Answer.Granted.class)
                .consent();
    }

    public void forget(Id consent) throws Refused {
        call(new Request.ForgetConsent(consent), patience.quick(), Answer.Forgotten.class);
    }

    /// Makes this machine a device, or asks again what became of it. Waits for the person as long
    /// as the request says.
    ///
    /// @return [Answer.Enrolled] or [Answer.Waiting]
    public Answer join(Request.Join request) throws Refused {
        return enrolling(request, request.limit());
    }

    /// Begins or completes a recovery. Waits for the person as long as the request says.
    ///
    /// @return [Answer.Enrolled] or [Answer.Waiting]
    public Answer recover(Request.Recover request) throws Refused {
        return enrolling(request, request.limit());
    }

    private Answer enrolling(Request request, Duration limit) throws Refused {
        var answer = call(request, limit.plus(patience.grace()), Answer.class);
        if (!(answer instanceof Answer.Enrolled) && !(answer instanceof Answer.Waiting)) {
            throw broken("It answers something else than was asked.");
        }
        return answer;
    }

    public SessionState login() throws Refused {
        return call(new Request.Login(), patience.slow().plus(TYPING), Answer.Session.class)
                .state();
    }

    public SessionState logout() throws Refused {
        return call(new Request.Logout(), patience.slow(), Answer.Session.class).state();
    }

    public Answer.Devices devices() throws Refused {
        return call(new Request.ListDevices(), patience.slow(), Answer.Devices.class);
    }

    /// Waits for the person as long as the request says.
    public void approve(Request.ApproveDevice request) throws Refused {
        call(request, request.limit().plus(patience.grace()), Answer.DevicesChanged.class);
    }

    public void refuse(Id device) throws Refused {
        call(new Request.RefuseDevice(device), patience.slow(), Answer.DevicesChanged.class);
    }

    /// Waits for the person as long as the request says.
    public void remove(Request.RemoveDevice request) throws Refused {
        call(request, request.limit().plus(patience.grace()), Answer.DevicesChanged.class);
    }

    /// Waits for the person as long as the request says.
    public void stopRecovery(Request.StopRecovery request) throws Refused {
        call(request, request.limit().plus(patience.grace()), Answer.DevicesChanged.class);
    }

    /// Waits for the person as long as the request says.
    public void changePin(Request.ChangePin request) throws Refused {
        call(request, request.limit().plus(patience.grace()), Answer.PinChanged.class);
    }

    /// Cancels the request that another thread waits for: that one ends soon, mostly refused as
    /// [FailureKind#CANCELLED]. Does nothing when none is running.
    public void cancel() {
        unwanted = running;
        carrier.wake();
    }

    private synchronized <A extends Answer> A call(Request request, Duration limit, Class<A> wanted)
            throws Refused {
        if (closed) {
            throw new Refused(FailureKind.AGENT_UNREACHABLE, "The connection was closed earlier.");
        }
        requests = requests % Limits.U32 + 1;
        running = requests;
        var deadline = Deadline.in(limit);
        try {
            send(new Frame(requests, request), deadline);
            return await(requests, deadline, wanted);
        } finally {
            running = 0;
        }
    }

    private void send(Frame frame, Deadline deadline) throws Refused {
        try {
            carrier.send(frame, deadline);
        } catch (TimeoutException e) {
            close();
            throw new Refused(FailureKind.AGENT_LATE, "It does not take the request.");
        } catch (InterruptedException e) {
            close();
            throw interrupted();
        } catch (IOException e) {
            throw gone();
        }
    }

    private <A extends Answer> A await(long number, Deadline limit, Class<A> wanted)
            throws Refused {
        var deadline = limit;
        boolean cancelled = false;
        try {
            while (true) {
                var octets = carrier.poll();
                if (octets.isPresent()) {
                    return answer(number, Frame.decode(octets.get()), wanted);
                }
                if (unwanted == number && !cancelled) {
                    cancelled = true;
                    deadline = Deadline.in(patience.grace());
                    carrier.send(new Frame(number, new Request.Cancel()), deadline);
                }
                carrier.await(deadline);
            }
        } catch (TimeoutException e) {
            giveUp(number);
            throw new Refused(cancelled ? FailureKind.CANCELLED : FailureKind.AGENT_LATE);
        } catch (InterruptedException e) {
            giveUp(number);
            throw interrupted();
        } catch (IOException e) {
            throw gone();
        } catch (MalformedException e) {
            throw broken("Its answer is malformed: " + e.getMessage() + ".");
        }
    }

    private <A extends Answer> A answer(long number, Frame frame, Class<A> wanted) throws Refused {
        if (frame.message() instanceof Answer.Failure failure) {
            if (frame.request() == 0) {
                close();
                throw failure.refused();
            }
            if (frame.request() == number) {
                throw failure.refused();
            }
        }
        if (frame.request() != number) {
            throw broken("It answers another request.");
        }
        if (!wanted.isInstance(frame.message())) {
            throw broken("It answers something else than was asked.");
        }
        return wanted.cast(frame.message());
    }

    /// Tells the agent, if it still listens, that nobody waits for this.
    private void giveUp(long number) {
        // of an interrupted thread the channel would take nothing
        boolean interrupted = Thread.interrupted();
        try {
            carrier.send(new Frame(number, new Request.Cancel()), Deadline.in(Duration.ZERO));
        } catch (IOException | TimeoutException e) {
            // the end of the connection says the same
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    private static Refused interrupted() {
        Thread.currentThread().interrupt();
        return new Refused(FailureKind.CANCELLED, "The program stopped waiting.");
    }

    private Refused gone() {
        close();
        return new Refused(
                FailureKind.AGENT_UNREACHABLE, "It ended the connection before it answered.");
    }

    private Refused broken(String detail) {
        close();
        return new Refused(FailureKind.AGENT_BROKEN, detail);
    }

    @Override
    public void close() {
        closed = true;
        try {
            carrier.close();
        } catch (IOException e) {
            // nothing more can be done with it
        }
    }
}
