package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/// Approval given ahead for `login` and `code` (FORMATS §6): asks the person once, and keeps what
/// stands in for the PIN from then on.
public final class Consents {
    private final DeviceSession session;
    private final Journal journal;
    private final Approvals approvals;
    private final SecureRandom random;

    public Consents(DeviceSession session, Journal journal, SecureRandom random) {
        this.session = session;
        this.journal = journal;
        this.approvals = new Approvals(session, random);
        this.random = random;
    }

    /// What the person is asked to consent to.
    ///
    /// @param count most signatures
    /// @param until in the server's time
    /// @param subject for whom: a process or a terminal session, as this machine reports it
    /// @param shown what the person is to see
    public record Request(
            Credential credential, int count, Instant until, String subject, List<Shown> shown) {
        public Request {
            shown = List.copyOf(shown);
        }
    }

    /// Whoever asks the person for a consent.
    @FunctionalInterface
    public interface Source {
        /// Shows what is asked for and waits for the answer; refuses when the person does.
        FactorSource.Given ask(Request request) throws Refused;
    }

    /// A consent as the server lists it.
    ///
    /// @param remaining signatures that are left of `count`
    public record Listed(
            Id id,
            Id credential,
            Purpose purpose,
            String subject,
            int count,
            int remaining,
            Instant until) {}

    /// Asks, and gives the consent; its approval stands in the journal when this returns.
    public Consent grant(Request request, Source source) throws Refused {
        var terms = terms(request);
        var chain = request.credential().id();
        journal.catchUp(chain);
        var given = source.ask(request);
        synchronized (session.memory()) {
            return granted(request, terms, given);
        }
    }

    private Consent granted(Request request, Matter.Consent terms, FactorSource.Given given)
            throws Refused {
        var octets = new byte[Factors.SHARE];
        random.nextBytes(octets);
        try (given;
                var r = Secret.owning(octets);
                var factors = new Factors(given.pin(), given.share(), r)) {
            var chain = terms.credential();
            var evidence = approvals.evidence(chain, request.shown(), terms);
            var secret = ConsentSecret.derive(r, evidence.intentHash());
            var answer =
                    approvals.send(
                            "consents/grant",
                            chain,
                            terms,
                            evidence,
                            factors,
                            data -> body(chain, data));
            var id = ConsentSecret.id(evidence.intentHash());
            requireOurs(answer, id, secret);
            var records = journal.catchUp(chain).records();
            UseCheck.requireConsent(
                    evidence, request.shown(), session.memory().now().device(), records);
            return new Consent(id, terms, secret);
        }
    }

    private static Json body(Id credential, Json authData) {
        return Json.object()
                .put("credentialID", credential.text())
                .put("authData", authData)
                .build();
    }

    private static void requireOurs(Part answer, Id id, ConsentSecret secret) throws Refused {
        var given = Bytes.utf8(answer.text("secret"));
        if (!answer.id(Id.Kind.CONSENT, "consent").equals(id)
                || !given.equalsConstantTime(Bytes.utf8(secret.expose()))) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives another consent than the approval makes.");
        }
    }

    /// What this device can still use, the first to end first.
    public List<Listed> list() throws Refused {
        var answer = session.call("consents/list", Json.object().build()).orRefused();
        var listed = new ArrayList<Listed>();
        for (var one : answer.parts("consents")) {
            listed.add(
                    new Listed(
                            one.id(Id.Kind.CONSENT, "consent"),
                            one.id(Id.Kind.CREDENTIAL, "credentialID"),
                            purpose(one),
                            Answer.clean(one.text("subject")),
                            Math.clamp(one.number("count"), 0, Matter.MOST),
                            Math.clamp(one.number("remaining"), 0, Matter.MOST),
                            until(one)));
        }
        return listed;
    }

    private static Purpose purpose(Part one) throws Refused {
        try {
            return Purpose.parse(one.text("purpose"));
        } catch (MalformedException e) {
            throw one.broken("purpose", "a purpose");
        }
    }

    private static Instant until(Part one) throws Refused {
        try {
            return Instant.parse(one.text("until"));
        } catch (DateTimeParseException e) {
            throw one.broken("until", "a time");
        }
    }

    /// Takes a consent of this device back.
    public void forget(Id consent) throws Refused {
        session.call("consents/forget", Json.object().put("consent", consent.text()).build())
                .orRefused();
    }

    private static Matter.Consent terms(Request request) throws Refused {
        try {
            return new Matter.Consent(
                    request.credential().id(),
                    request.credential().purpose(),
                    request.count(),
                    request.until(),
                    request.subject());
        } catch (IllegalArgumentException e) {
            throw new Refused(FailureKind.POLICY_REFUSED, "There is " + e.getMessage() + ".");
        }
    }
}
