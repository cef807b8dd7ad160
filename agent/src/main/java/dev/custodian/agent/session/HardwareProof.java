package dev.custodian.agent.session;

import dev.custodian.client.DeviceSession;
import dev.custodian.client.Devices;
import dev.custodian.client.Journal;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.intent.Shown;
import dev.custodian.link.Answer;
import java.security.SecureRandom;
import java.util.List;

/// The proof that the device key is in hardware, as far as the server wants it and has it not: one
/// that a cut line or a killed agent lost is given again. The server is shown nothing before the
/// person was told what that is.
final class HardwareProof {
    /// What is told.
    static final Shown SEES =
            Asker.sentence(
                    "the server sees",
                    "It wants proof that the key is in hardware: the maker's certificate, which"
                            + " tells this machine or card from all others. It keeps a keyed hash"
                            + " of that, no more.");

    private static final Shown YES =
            Asker.computed("your PIN", "says yes here; it goes nowhere and is not checked");

    private static final String WANTED =
            "The server wants proof that the device key is in hardware, and has none";

    private final AgentFolder folder;
    private final SecureRandom random;
    private volatile State state = State.SETTLED;

    /// Whether the server has answered, or the key has nothing to show: not asked again by itself.
    private volatile boolean answered;

    /// Why it was not given; empty when it was not tried, or was given.
    private volatile String why = "";

    /// How it stands.
    private enum State {
        /// The server wants none, or has it, or nobody has asked yet.
        SETTLED,
        /// It is wanted, and may be given.
        OWED,
        /// It is wanted, and the person has to be told first.
        UNTOLD
    }

    HardwareProof(AgentFolder folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
    }

    /// From now on it is tried again.
    synchronized void anew() {
        answered = false;
        state = State.SETTLED;
        why = "";
    }

    private State look(DeviceSession now) throws Refused {
        var kind = folder.note().proof();
        if (kind.isEmpty() || !now.wantsProof().contains(kind.get()) || isGiven(now)) {
            why = "";
            state = State.SETTLED;
        } else {
            state = folder.note().told() ? State.OWED : State.UNTOLD;
        }
        return state;
    }

    /// Whether the server says that it has it.
    private boolean isGiven(DeviceSession now) throws Refused {
        var ours = folder.memory().now().device();
        return new Devices(now, new Journal(now), random)
                .status().devices().stream()
                        .anyMatch(
                                one ->
                                        one.id().equals(ours)
                                                && one.verdict() == DeviceVerdict.HARDWARE_PROVED);
    }

    /// Tells what the server would see, unless that was done, and asks. A no leaves all as it was.
    synchronized void tell(DeviceSession now, Asker asker) throws Refused {
        if (look(now) != State.UNTOLD) {
            return;
        }
        var shown = asker.shown(SEES, YES);
        try (var _ =
                asker.approve("Show the server that this device's key is in hardware?", shown)) {
            folder.keepTold();
            state = State.OWED;
        } catch (Refused e) {
            if (e.kind() != FailureKind.APPROVAL_REFUSED) {
                throw e;
            }
        }
    }

    /// Gives it, if it is owed, until the server has answered.
    synchronized void give(DeviceSession now) throws Refused {
        if (answered || look(now) != State.OWED) {
            return;
        }
        try {
            var evidence = folder.evidence(now.wantsProof());
            if (evidence.isEmpty()) {
                answered = true;
                why = "This key has nothing to show.";
                return;
            }
            now.prove(evidence.get());
            state = State.SETTLED;
            why = "";
        } catch (Refused e) {
            answered = e.kind() != FailureKind.SERVER_UNREACHABLE;
            why = e.sentences();
            throw e;
        }
    }

    /// What is to be said of it, as was known last; nothing when nothing is open.
    List<Answer.Line> lines() {
        return state == State.SETTLED
                ? List.of()
                : List.of(new Answer.Line("proof of hardware", sentence()));
    }

    private String sentence() {
        if (state == State.UNTOLD) {
            return WANTED + ". What it would see is said first, by: custodian login";
        }
        return why.isEmpty() ? WANTED + " yet." : WANTED + ". " + why;
    }

    /// The same, asked anew.
    synchronized Doctor.Seen examine(DeviceSession now) throws Refused {
        return look(now) == State.SETTLED
                ? new Doctor.Well("The server wants no proof of hardware that it has not.")
                : new Doctor.Broken(sentence(), "Run: custodian login");
    }
}
