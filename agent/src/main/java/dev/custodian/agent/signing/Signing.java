package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.client.Consent;
import dev.custodian.client.Consents;
import dev.custodian.client.Credential;
import dev.custodian.client.FactorSource;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Signs for a program, once a person has approved it.
public final class Signing implements AutoCloseable {
    /// How long a question stays.
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int MOST_TRIES = 3;
    private final Server server;
    private final Prompt prompt;
    private final Share share;
    private final Peers peers;
    private final Lock lock;
    private final Refusals refusals;
    private final Held held = new Held();

    /// The device's half of what opens a slot.
    @FunctionalInterface
    public interface Share {
        /// Reads it; the caller closes it.
        Secret load() throws Refused;
    }

    /// Signs by `server` what `prompt` lets through.
    ///
    /// @param prompt one that asks one question at a time
    public Signing(
            Server server,
            Prompt prompt,
            Share share,
            Peers peers,
            Lock lock,
            InstantSource clock) {
        this.server = server;
        this.prompt = prompt;
        this.share = share;
        this.peers = peers;
        this.lock = lock;
        this.refusals = new Refusals(clock);
    }

    /// Signs under a consent, or asks and signs; a person who mistypes the PIN is asked again.
    ///
    /// @return signatures in the order of the request's digests
    public List<Bytes> sign(Request request) throws Refused {
        lock.requireOpen();
        requireSensible(request);
        refusals.requireNone(request.peer());
        server.prepare(asking(request, false));
        for (int tries = 1; ; ) {
            var signatures = signAhead(request);
            if (signatures != null) {
                return signatures;
            }
            try {
                return asked(request, asking(request, tries > 1));
            } catch (Refused e) {
                boolean mistyped = e.kind() == FailureKind.FACTORS_REFUSED && tries++ < MOST_TRIES;
                // Another question's answer covers this one too.
                if (!mistyped && !(e.kind() == FailureKind.PROGRAM_REFUSED && isCovered(request))) {
                    refusals.requireNone(request.peer());
                    throw e;
                }
            }
        }
    }

    /// Signs under a consent, or refuses with `PROMPT_NEEDED`: asks nobody.
    ///
    /// @return signatures in the order of the request's digests
    public List<Bytes> signSilently(Request request) throws Refused {
        lock.requireOpen();
        requireSensible(request);
        server.prepare(asking(request, false));
        var signatures = signAhead(request);
        if (signatures == null) {
            throw new Refused(FailureKind.PROMPT_NEEDED);
        }
        return signatures;
    }

    private static dev.custodian.client.Signing.Request asking(Request request, boolean again)
            throws Refused {
        return new dev.custodian.client.Signing.Request(
                request.credential(),
                request.scheme(),
                request.digests().stream().map(one -> new Matter.Digest(one, "")).toList(),
                Lines.shown(request, again));
    }

    /// Signs under a consent that was given before; null when there is none, or none any more.
    private @Nullable List<Bytes> signAhead(Request request) throws Refused {
        var consent = take(request);
        if (consent == null) {
            return null;
        }
        lock.requireOpen();
        new Waits(request.peer(), request.isWanted()).require();
        try {
            return server.sign(asking(request, false), consent);
        } catch (Refused e) {
            switch (e.kind()) {
                case CONSENT_UNKNOWN, CONSENT_EXPIRED, CONSENT_USED_UP, CONSENT_REVOKED ->
                        held.drop(consent.id());
                default -> throw e;
            }
            return null;
        }
    }

    private @Nullable Consent take(Request request) throws Refused {
        return held.take(
                request.credential().id(),
                Offers.subjects(request),
                distinct(request),
                server.now());
    }

    private boolean isCovered(Request request) {
        try {
            return held.covers(
                    request.credential().id(),
                    Offers.subjects(request),
                    distinct(request),
                    server.now());
        } catch (Refused e) {
            return false;
        }
    }

    private static int distinct(Request request) {
        return new HashSet<>(request.digests()).size();
    }

    private List<Bytes> asked(Request request, dev.custodian.client.Signing.Request asking)
            throws Refused {
        lock.requireOpen();
        // No question any more when the answer to another one covers it, or was no.
        var waits =
                new Waits(
                        request.peer(),
                        () ->
                                request.isWanted().getAsBoolean()
                                        && !isCovered(request)
                                        && !refusals.holds(request.peer()));
        waits.require();
        var question =
                new Question(Lines.title(request), asking.shown(), Offers.of(request), LIMIT);
        return switch (prompt.ask(question, waits)) {
            case Answer.Refusal() -> throw refused(request.peer());
            case Answer.Approval(var pin) -> {
                try (var given = given(waits, pin)) {
                    yield server.sign(asking, _ -> given);
                }
            }
            case Answer.Consent(var pin, var offer) -> {
                try (var given = given(waits, pin)) {
                    var lines = new ArrayList<>(asking.shown());
                    lines.add(Lines.allowed(offer));
                    var consent = granted(request.credential(), offer, lines, given);
                    var taken = take(request);
                    yield server.sign(asking, taken == null ? consent : taken);
                }
            }
        };
    }

    private Refused refused(Peer peer) {
        refusals.add(peer);
        return new Refused(FailureKind.APPROVAL_REFUSED);
    }

    private Consent granted(
            Credential credential, Offer offer, List<Shown> shown, FactorSource.Given given)
            throws Refused {
        var consent =
                server.grant(
                        new Consents.Request(
                                credential,
                                offer.signatures(),
                                server.now().plus(offer.time()),
                                offer.subject(),
                                shown),
                        given);
        held.add(consent);
        return consent;
    }

    /// Asks whether what `offer` names may sign ahead.
    ///
    /// @param peer who asks for it
    /// @return the consent's id
    public Id grant(Peer peer, BooleanSupplier isWanted, Credential credential, Offer offer)
            throws Refused {
        lock.requireOpen();
        if (credential.purpose() == Purpose.DOCUMENT) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED, "Documents are approved when they are signed.");
        }
        refusals.requireNone(peer);
        var waits = new Waits(peer, isWanted);
        for (int tries = 1; ; tries++) {
            waits.require();
            var shown = Lines.shown(peer, credential, offer, tries > 1);
            var question = new Question(Lines.AHEAD, shown, List.of(), LIMIT);
            try {
                return switch (prompt.ask(question, waits)) {
                    case Answer.Refusal() -> throw refused(peer);
                    case Answer.Approval(var pin) -> {
                        try (var given = given(waits, pin)) {
                            yield granted(credential, offer, shown, given).id();
                        }
                    }
                    case Answer.Consent(var pin, _) -> {
                        pin.close();
                        throw new IllegalStateException("an answer that was not offered");
                    }
                };
            } catch (Refused e) {
                if (e.kind() != FailureKind.FACTORS_REFUSED || tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    /// The consents of this device.
    public List<Consents.Listed> consents() throws Refused {
        return server.consents();
    }

    /// Takes a consent back; here first.
    public void forget(Id consent) throws Refused {
        held.drop(consent);
        server.forget(consent);
    }

    /// Wipes what signs ahead.
    @Override
    public void close() {
        held.close();
    }

    private static void requireSensible(Request request) throws Refused {
        var credential = request.credential();
        if (credential.purpose() != request.purpose()) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "The credential is for the purpose "
                            + credential.purpose().text()
                            + ", not "
                            + request.purpose().text()
                            + ".");
        }
        int most = Math.min(Matter.MOST, credential.multisign());
        int distinct = new HashSet<>(request.digests()).size();
        if (distinct < 1 || distinct > most) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "One approval covers 1 to "
                            + most
                            + " signatures; the program asks for "
                            + distinct
                            + ".");
        }
    }

    private FactorSource.Given given(Waits waits, Secret pin) throws Refused {
        try {
            // Who asked may be gone, and another have its number.
            waits.require();
            return new FactorSource.Given(pin, share.load());
        } catch (Refused | RuntimeException e) {
            pin.close();
            throw e;
        }
    }

    /// Whoever waits for an answer.
    private final class Waits implements Prompt.Watch {
        private final Peer peer;
        private final BooleanSupplier wanted;

        Waits(Peer peer, BooleanSupplier wanted) {
            this.peer = peer;
            this.wanted = wanted;
        }

        void require() throws Refused {
            if (!isWanted()) {
                throw new Refused(FailureKind.PROGRAM_REFUSED, "It does not wait for the answer.");
            }
        }

        @Override
        public boolean isWanted() {
            return wanted.getAsBoolean() && peers.isThere(peer);
        }

        @Override
        public void refused() {
            refusals.add(peer);
        }

        @Override
        public List<String> waiting() {
            return List.of();
        }

        @Override
        public int terminal() {
            return peer.terminal();
        }
    }
}
