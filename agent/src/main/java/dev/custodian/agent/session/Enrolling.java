package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.Enrolment;
import dev.custodian.client.Joining;
import dev.custodian.client.Journal;
import dev.custodian.client.PinnedServer;
import dev.custodian.client.Recovery;
import dev.custodian.client.Remembered;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.StoreKind;
import dev.custodian.link.Answer;
import dev.custodian.link.SessionState;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Makes this machine a device of an owner: the first one, a further one, or the only one after a
/// recovery. One of these at a time.
public final class Enrolling {
    private static final int LOOKING_SECONDS = 10;

    private final AgentFolder folder;
    private final Session session;
    private final boolean passphrases;
    private final Clock clock;
    private final SecureRandom random;
    private final ReentrantLock lock = new ReentrantLock();

    /// @param passphrases whether to ask for one, where nothing seals the secrets yet
    public Enrolling(
            AgentFolder folder,
            Session session,
            boolean passphrases,
            Clock clock,
            SecureRandom random) {
        this.folder = folder;
        this.session = session;
        this.passphrases = passphrases;
        this.clock = clock;
        this.random = random;
    }

    /// Asks the server what it wants as proof that the key is in hardware.
    private interface Wanted {
        Set<ProofKind> ask() throws Refused;
    }

    private Wanted wanted(URI server, Bytes thumbprint) {
        return () -> {
            try (var met = PinnedServer.meet(server, thumbprint, clock)) {
                return met.wantsProof();
            }
        };
    }

    private interface Step {
        Answer take() throws Refused;
    }

    private Answer alone(Step step) throws Refused {
        try {
            // After a start the agent itself looks what became of a join, and asks nobody.
            if (!lock.tryLock(LOOKING_SECONDS, TimeUnit.SECONDS)) {
                throw new Refused(FailureKind.PROMPTS_WAITING, "Another one joins or recovers.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.PROMPTS_WAITING, "Another one joins or recovers.");
        }
        try {
            return step.take();
        } finally {
            lock.unlock();
        }
    }

    /// Joins, or looks what became of it.
    ///
    /// @param text an invitation, or an owner's address
    /// @param name what the device calls itself
    /// @return [Answer.Enrolled] or [Answer.Waiting]
    public Answer join(String text, String name, Asker asker) throws Refused {
        return alone(
                () -> {
                    Passphrase.unlock(folder, asker);
                    if (folder.isJoined()
                            && session.state() != SessionState.REMOVED
                            && folder.lost().isEmpty()) {
                        return already(text);
                    }
                    return OwnerAddress.isLike(text)
                            ? further(address(text), name, asker)
                            : first(text, name, asker);
                });
    }

    /// A join that waited may have come to its end meanwhile.
    private Answer already(String text) throws Refused {
        var known = folder.memory().now();
        if (OwnerAddress.isLike(text) && address(text).equals(ours())) {
            return new Answer.Enrolled(known.owner(), known.device());
        }
        throw new Refused(FailureKind.JOINED_ALREADY);
    }

    private Answer first(String text, String name, Asker asker) throws Refused {
        var invitation = invitation(text);
        var hash = Hashes.sha256(Bytes.utf8(text));
        var before = Asked.decode(folder.next().asked());
        var known = before instanceof Asked.First(var of, _) && of.equals(hash);
        var shown = asker.shown(device(name), server(invitation.base()));
        var next = known ? folder.next() : begin(asker, shown);
        var lines =
                unlocked(next, asker, shown, wanted(invitation.base(), invitation.thumbprint()));
        var enrolment = new Enrolment(invitation, next.signer(), clock, random);
        if (known && before instanceof Asked.First(_, var asked)) {
            try {
                return adopt(next, enrolment.send(asked));
            } catch (Refused e) {
                // The server did not get it then, or not in time.
                if (e.kind() != FailureKind.INTENT_EXPIRED
                        && e.kind() != FailureKind.ACTIVATION_KEY_GONE) {
                    throw e;
                }
            }
        }
        try (var share = next.share();
                var code = next.code();
                var pin =
                        asker.enter(
                                "Choose the PIN of your signing keys",
                                lines,
                                Entry.Wanted.NEW_PIN)) {
            answered(next, lines);
            asker.tell("Write down your recovery code", shown, code);
            var asked = enrolment.prepare(share, pin, code, shown);
            if (known && before instanceof Asked.First(_, var earlier)) {
                asked = asked.after(earlier);
            }
            next.keepAsked(new Asked.First(hash, asked).encode());
            return adopt(next, enrolment.send(asked));
        }
    }

    /// Begins another device: its key is where it is kept best, or where the agent was told. One
    /// that was begun and not asked for is forgotten: whatever lies there may be somebody else's.
    private NextDevice begin(Asker asker, List<Shown> shown) throws Refused {
        var taken = folder.stores().take(folder.keepsSeal());
        if (taken.kind() != StoreKind.TPM
                && !taken.login()
                && passphrases
                && folder.verdict() == null) {
            Passphrase.choose(folder, asker, shown, taken.kind() == StoreKind.SOFTWARE);
        }
        return folder.begin(taken);
    }

    /// What a prompt shows besides: where the key is, why nowhere better, and what became of the
    /// one before. Asks for the PIN of a card first, if the key is on one.
    private List<Shown> unlocked(NextDevice next, Asker asker, List<Shown> shown, Wanted wanted)
            throws Refused {
        next.askKeyring();
        var lines = new ArrayList<>(shown);
        var lost = folder.lost();
        if (!lost.isEmpty()) {
            lines.add(Asker.sentence("former device key", lost));
        }
        var note = next.note();
        if (!note.store().isEmpty()) {
            lines.add(Asker.sentence("device key", note.store() + " " + note.sentence()));
        }
        note.passedOver().forEach(why -> lines.add(Asker.sentence("not taken", why)));
        var proof = note.proof();
        if (proof.isPresent() && wanted.ask().contains(proof.get())) {
            lines.add(HardwareProof.SEES);
        }
        Unlock.pin(folder.stores(), note, asker, lines);
        return lines;
    }

    /// Notes that the person has answered a question that said what the server will see: without
    /// that it is shown nothing, whatever it wants later.
    private static void answered(NextDevice next, List<Shown> lines) throws Refused {
        if (lines.contains(HardwareProof.SEES)) {
            next.keepTold();
        }
    }

    private Answer adopt(NextDevice next, Enrolment.Enrolled enrolled) throws Refused {
        next.unchecked(enrolled.remembered());
        return adopt(next, enrolled.remembered());
    }

    private Answer adopt(NextDevice next, Remembered remembered) throws Refused {
        next.checked();
        session.adopt();
        session.prove();
        return new Answer.Enrolled(remembered.owner(), remembered.device());
    }

    private Answer further(OwnerAddress address, String name, Asker asker) throws Refused {
        var before = Asked.decode(folder.next().asked());
        var shown = asker.shown(device(name), server(address.base()));
        if (before instanceof Asked.Further(var of, var asked) && of.equals(address)) {
            var known = folder.next();
            // Nothing is asked that could say what the server sees, so that it sees no more now.
            var _ = unlocked(known, asker, shown, Set::of);
            return look(known, address, asked);
        }
        var next = begin(asker, shown);
        var lines = unlocked(next, asker, shown, wanted(address.base(), address.thumbprint()));
        try (var share = next.share();
                var pin =
                        asker.enter(
                                "The PIN that your other devices have", lines, Entry.Wanted.PIN)) {
            answered(next, lines);
            var joining = new Joining(address, next.signer(), clock, random);
            var asked = joining.ask(share, pin, shown);
            next.keepAsked(new Asked.Further(address, asked).encode());
            return new Answer.Waiting(asked.number(), asked.until());
        }
    }

    private Answer look(NextDevice next, OwnerAddress address, Joining.Asked asked) throws Refused {
        var joining = new Joining(address, next.signer(), clock, random);
        try {
            var joined = joining.look(asked);
            if (joined.isEmpty()) {
                return new Answer.Waiting(asked.number(), asked.until());
            }
            var remembered = joined.get().remembered();
            checked(next, remembered, journal -> joining.check(joined.get(), journal));
            return adopt(next, remembered);
        } catch (Refused e) {
            if (e.kind() == FailureKind.JOIN_REQUEST_GONE) {
                // to be asked anew
                next.keepAsked(Bytes.EMPTY);
            }
            throw e;
        }
    }

    private interface Check {
        void ask(Journal journal) throws Refused;
    }

    /// The owner's chain has to say so too, before anything is signed with the new device.
    private void checked(NextDevice next, Remembered remembered, Check check) throws Refused {
        var memory = next.unchecked(remembered);
        try (var trial = DeviceSession.open(memory, next.signer(), clock, random)) {
            check.ask(new Journal(trial));
            trial.logout();
        }
    }

    /// Looks what became of a join that waits, without asking the person; whether this machine is a
    /// device since then.
    public boolean lookAgain() throws Refused {
        if (!folder.hasNext() || folder.isLocked() || !lock.tryLock()) {
            return false;
        }
        try {
            var next = folder.next();
            return Asked.decode(next.asked()) instanceof Asked.Further(var address, var asked)
                    && look(next, address, asked) instanceof Answer.Enrolled;
        } finally {
            lock.unlock();
        }
    }

    /// Begins a recovery, or completes it when it is due.
    ///
    /// @param text an owner's address; empty for that of the device that this is
    /// @param name what the device calls itself
    /// @return [Answer.Enrolled] or [Answer.Waiting]
    public Answer recover(String text, String name, Asker asker) throws Refused {
        return alone(
                () -> {
                    Passphrase.unlock(folder, asker);
                    return recover(text.isEmpty() ? ours() : address(text), name, asker);
                });
    }

    private OwnerAddress ours() throws Refused {
        if (!folder.isJoined()
                && folder.hasNext()
                && Asked.decode(folder.next().asked())
                        instanceof Asked.Recovering(var address, _)) {
            return address;
        }
        return folder.memory().now().address();
    }

    private Answer recover(OwnerAddress address, String name, Asker asker) throws Refused {
        var before = Asked.decode(folder.next().asked());
        var known = before instanceof Asked.Recovering(var of, _) && of.equals(address);
        var shown = asker.shown(device(name), server(address.base()));
        var next = known ? folder.next() : begin(asker, shown);
        var lines = unlocked(next, asker, shown, wanted(address.base(), address.thumbprint()));
        try (var typed =
                        asker.enter(
                                "The recovery code of your signing keys",
                                lines,
                                Entry.Wanted.RECOVERY_CODE);
                var pin = asker.enter("Choose the PIN from then on", shown, Entry.Wanted.NEW_PIN);
                var share = next.share();
                var code = another(next, typed)) {
            answered(next, lines);
            asker.tell("Write down the recovery code from then on", shown, code);
            next.keepAsked(new Asked.Recovering(address, due(before, known)).encode());
            var recovery = new Recovery(address, next.signer(), clock, random);
            return switch (recovery.recover(new Recovery.Secrets(share, pin, typed, code), shown)) {
                case Recovery.Answer.Waiting(var due) -> {
                    next.keepAsked(new Asked.Recovering(address, due).encode());
                    yield new Answer.Waiting("", due);
                }
                case Recovery.Answer.Recovered done -> {
                    checked(next, done.remembered(), journal -> recovery.check(done, journal));
                    yield adopt(next, done.remembered());
                }
            };
        }
    }

    private static Instant due(Asked before, boolean known) {
        return known && before instanceof Asked.Recovering(_, var due) ? due : Instant.EPOCH;
    }

    /// The code after this one: the same as long as it was not used.
    private static Secret another(NextDevice next, Secret used) throws Refused {
        var code = next.code();
        if (code.equals(used)) {
            code.close();
            return next.renewCode();
        }
        return code;
    }

    private static Shown device(String name) {
        return Asker.computed("device", name);
    }

    private static Shown server(Object base) {
        return Asker.computed("server", base.toString());
    }

    private static Invitation invitation(String text) throws Refused {
        try {
            return Invitation.parse(text);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.USAGE, "Not an invitation: " + e.getMessage() + ".");
        }
    }

    private static OwnerAddress address(String text) throws Refused {
        try {
            return OwnerAddress.parse(text);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.USAGE, "Not an address: " + e.getMessage() + ".");
        }
    }
}
