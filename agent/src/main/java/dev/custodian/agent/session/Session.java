package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Line;
import dev.custodian.client.DeviceSession;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import dev.custodian.link.SessionState;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// This device's session with its server, or the lack of one. The server is met when it is first
/// needed, so that the agent starts without a network, and before it is a device at all.
///
/// A device that has just joined logs in by itself, once; from then on its login goes from run to
/// run, and ends and begins as the person says.
public final class Session implements AutoCloseable {
    private static final int LONGEST = 600;

    private final AgentFolder folder;
    private final Clock clock;
    private final SecureRandom random;
    private final HardwareProof proof;
    private volatile @Nullable DeviceSession met;

    /// Why the server could not be met; empty when it was, or was not tried.
    private volatile String away = "";

    private volatile boolean removed;

    /// What went wrong last, as one line; empty when nothing did.
    private volatile String failed = "";

    /// Whether the person has ended the login, or it was asked already why the server did.
    private volatile boolean out;

    public Session(AgentFolder folder, Clock clock, SecureRandom random) {
        this.folder = folder;
        this.clock = clock;
        this.random = random;
        this.proof = new HardwareProof(folder, random);
    }

    /// The session; refused with `NOT_JOINED` when there can be none.
    public DeviceSession now() throws Refused {
        var known = met;
        return known == null ? meet() : known;
    }

    private synchronized DeviceSession meet() throws Refused {
        var known = met;
        if (known != null) {
            return known;
        }
        var isNew = folder.isNew();
        var memory = folder.memory();
        try {
            var file = folder.session();
            var opened = DeviceSession.open(memory, folder.signer(), clock, random, file);
            away = "";
            met = opened;
            if (isNew) {
                begin(opened);
            } else {
                out = file.until().equals(Instant.EPOCH);
            }
            return opened;
        } catch (Refused e) {
            if (e.kind() == FailureKind.SERVER_UNREACHABLE) {
                away = e.detail().isEmpty() ? e.kind().sentence() : e.detail();
            }
            throw e;
        }
    }

    private void begin(DeviceSession opened) throws Refused {
        try {
            opened.login();
            out = false;
            removed = false;
        } catch (Refused e) {
            if (e.kind() != FailureKind.NOT_AUTHENTICATED) {
                throw e;
            }
            removed = true;
            throw new Refused(
                    FailureKind.NOT_AUTHENTICATED,
                    "The server accepts this device no more: join again, or recover.");
        }
    }

    /// Asks for the passphrase of the device key or the PIN of its card, if they have to be typed.
    public void unlock(Asker asker) throws Refused {
        Unlock.all(folder, asker);
    }

    /// Begins a login, unless there is one, and sees to the proof of hardware, if the server wants
    /// that still.
    public SessionState login(Asker asker) throws Refused {
        folder.memory();
        unlock(asker);
        var session = now();
        if (session.status().state() == DeviceSession.State.MUST_LOG_IN) {
            begin(session);
        }
        proof.anew();
        tell(session, asker);
        prove();
        return state();
    }

    /// A login is one all the same.
    private void tell(DeviceSession session, Asker asker) {
        try {
            proof.tell(session, asker);
        } catch (Refused e) {
            failed(e);
        }
    }

    /// Ends the login, here first: a server that cannot be told is a refusal.
    public SessionState logout() throws Refused {
        folder.memory();
        try {
            if (folder.isLocked()) {
                folder.endLogin();
                throw new Refused(
                        FailureKind.KEY_SEALED,
                        "The login is forgotten here, but the server was not told: that takes the"
                                + " device key.");
            } else {
                end();
            }
            return state();
        } finally {
            lock();
        }
    }

    private void end() throws Refused {
        try {
            now();
        } catch (Refused e) {
            folder.endLogin();
            throw e.kind() == FailureKind.SERVER_UNREACHABLE
                    ? e
                    : new Refused(
                            e.kind(),
                            "The login is forgotten here, but the server was not told. "
                                    + e.detail());
        }
        out = true;
        now().logout();
    }

    /// Where there is a passphrase or a PIN, it has to be typed again.
    private synchronized void lock() {
        if (folder.hasLock()) {
            close();
            met = null;
            folder.lock();
        }
    }

    /// To be told what the server refused. When it has ended the login, asks once whether it still
    /// accepts this device, by a login that is ended at once. Nobody else is logged in by that.
    public void refused(Refused refusal) {
        var session = met;
        if (refusal.kind() != FailureKind.NOT_AUTHENTICATED || session == null || out) {
            return;
        }
        out = true;
        try {
            session.logout();
            askOnce();
        } catch (Refused e) {
            removed = e.kind() == FailureKind.NOT_AUTHENTICATED;
            // Otherwise it has not said: to be asked again.
            out = removed;
        }
    }

    private void askOnce() throws Refused {
        var memory = folder.memory();
        try (var own = DeviceSession.open(memory, folder.signer(), clock, random)) {
            own.login();
            own.logout();
        }
    }

    /// To be told what went wrong with the server, for the many programs that cannot say it: an ssh
    /// knows one word for all of it. What the state says by itself is left out.
    public void failed(Refused refusal) {
        switch (refusal.kind()) {
            case NOT_JOINED, NOT_AUTHENTICATED, KEY_SEALED, SERVER_UNREACHABLE -> {}
            default ->
                    failed =
                            clock.instant().truncatedTo(ChronoUnit.SECONDS)
                                    + " "
                                    + Line.of(refusal.sentences(), LONGEST);
        }
    }

    /// From now on this is no device of its owner any more, as the owner said.
    void remove() {
        out = true;
        removed = true;
    }

    /// Makes the next device this one.
    synchronized void adopt() throws Refused {
        var before = met;
        met = null;
        if (before != null) {
            before.close();
        }
        removed = false;
        out = false;
        away = "";
        proof.anew();
        folder.adopt();
    }

    /// Shows the server that the key is in hardware, if it wants that still and the person was
    /// told. When that fails, this is a device all the same, and the status says why.
    public void prove() {
        if (!folder.isJoined() || folder.isLocked()) {
            return;
        }
        try {
            var session = now();
            if (session.status().state() != DeviceSession.State.MUST_LOG_IN) {
                proof.give(session);
            }
        } catch (Refused e) {
            failed(e);
        }
    }

    /// Whether the server has the proof of hardware that it wants.
    Doctor.Seen proof() throws Refused {
        return proof.examine(now());
    }

    /// Until when the login lasts; refused with `NOT_AUTHENTICATED` when there is none.
    Instant requireLogin() throws Refused {
        var status = now().status();
        if (status.state() == DeviceSession.State.MUST_LOG_IN) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED, "Run: custodian login");
        }
        return status.until();
    }

    /// How it stands; waits for nobody.
    public SessionState state() {
        if (!folder.isJoined()) {
            return SessionState.NOT_JOINED;
        }
        if (removed) {
            return SessionState.REMOVED;
        }
        if (folder.isLocked()) {
            return SessionState.LOGGED_OUT;
        }
        var session = met;
        if (session == null && !folder.trouble().isEmpty()) {
            return SessionState.LOGGED_OUT;
        }
        if (session == null) {
            return away.isEmpty() ? kept() : SessionState.UNREACHABLE;
        }
        return switch (session.status().state()) {
            case LOGGED_IN -> SessionState.LOGGED_IN;
            case MUST_LOG_IN -> SessionState.LOGGED_OUT;
            case UNREACHABLE -> SessionState.UNREACHABLE;
        };
    }

    private SessionState kept() {
        try {
            return folder.isNew() || !folder.isLoginEnded()
                    ? SessionState.LOGGED_IN
                    : SessionState.LOGGED_OUT;
        } catch (Refused e) {
            return SessionState.LOGGED_OUT;
        }
    }

    /// The same in words, with what to do.
    public List<Answer.Line> lines() throws Refused {
        var lines = new ArrayList<Answer.Line>();
        lines.add(
                new Answer.Line(
                        "session",
                        folder.isSealed()
                                ? "locked by its passphrase; unlock with: custodian login"
                                : folder.isLocked()
                                        ? "locked by its card's PIN; unlock with: custodian login"
                                        : words(state())));
        if (folder.isJoined()) {
            var known = folder.memory().now();
            lines.add(new Answer.Line("server", known.server().toString()));
            lines.add(new Answer.Line("owner", known.owner().text()));
            lines.add(new Answer.Line("device", known.device().text()));
            lines.addAll(deviceKey());
        }
        lines.addAll(proof.lines());
        var session = met;
        var why = session == null ? away : session.status().detail();
        if (session != null && session.status().state() != DeviceSession.State.MUST_LOG_IN) {
            lines.add(new Answer.Line("login until", session.status().until().toString()));
        }
        if (!why.isEmpty()) {
            lines.add(new Answer.Line("server is away", why));
        }
        var last = failed;
        if (!last.isEmpty()) {
            lines.add(new Answer.Line("went wrong last", last));
        }
        return lines;
    }

    private List<Answer.Line> deviceKey() {
        var lines = new ArrayList<Answer.Line>();
        lines.add(new Answer.Line("device key", folder.verdictSentence()));
        var better = folder.note().passedOver();
        if (!better.isEmpty()) {
            lines.add(
                    new Answer.Line("no better store", Line.of(String.join(" ", better), LONGEST)));
        }
        var trouble = folder.trouble();
        if (!trouble.isEmpty()) {
            lines.add(new Answer.Line("device key is away", Line.of(trouble, LONGEST)));
        }
        return lines;
    }

    private static String words(SessionState state) {
        return switch (state) {
            case NOT_JOINED -> "not joined; join with: custodian join INVITATION";
            case LOGGED_OUT -> "logged out; log in with: custodian login";
            case LOGGED_IN -> "logged in";
            case UNREACHABLE -> "the server cannot be reached; it goes on when it can";
            case REMOVED ->
                    "the server accepts this device no more; join again, or: custodian recover";
        };
    }

    @Override
    public synchronized void close() {
        var session = met;
        if (session != null) {
            session.close();
        }
    }
}
