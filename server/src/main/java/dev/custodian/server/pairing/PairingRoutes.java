package dev.custodian.server.pairing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.activation.Challenges;
import dev.custodian.server.activation.Enrolment;
import dev.custodian.server.activation.Joining;
import dev.custodian.server.activation.Proving;
import dev.custodian.server.activation.Recovery;
import dev.custodian.server.config.Binding;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.csc.ChainPage;
import dev.custodian.server.csc.CscRefused;
import dev.custodian.server.csc.Parameters;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `GET /identity`, `POST /enrol` (FORMATS §3) and `POST /recover` (§4).
public final class PairingRoutes {
    private static final int ENROLMENT = 32 << 10;

    private final Supplier<String> identity;
    private final Binding binding;
    private final Challenges challenges;
    private final Enrolment enrolment;
    private final Joining joining;
    private final Recovery recovery;
    private final Proving proving;
    private final Journal journal;

    private PairingRoutes(
            Supplier<String> identity,
            Binding binding,
            ActivationModule activation,
            Journal journal) {
        this.identity = identity;
        this.binding = binding;
        this.challenges = activation.challenges();
        this.enrolment = activation.enrolment();
        this.joining = activation.joining();
        this.recovery = activation.recovery();
        this.proving = activation.proving();
        this.journal = journal;
    }

    /// Returns the routes.
    ///
    /// @param identity the identity's statement of now, a JWS
    /// @param binding of the tokens, which devices are told
    public static List<Route> of(
            Supplier<String> identity,
            Binding binding,
            ActivationModule activation,
            Journal journal) {
        var pairing = new PairingRoutes(identity, binding, activation, journal);
        return List.of(
                Route.get("/identity", Answers.guarded(pairing::identity)),
                Route.post("/enrol", ENROLMENT, Answers.guarded(pairing::enrol)),
                Route.post("/recover", ENROLMENT, Answers.guarded(pairing::recover)));
    }

    private Reply identity(Call call) {
        var body = new LinkedHashMap<String, Object>();
        body.put("identity", identity.get());
        body.put("nonce", challenges.issue("", "enrol").base64Url());
        body.put("recovery", challenges.issue("", "change").base64Url());
        body.put("binding", binding.name().toLowerCase(Locale.ROOT));
        var wanted = proving.wanted();
        if (!wanted.isEmpty()) {
            body.put("proof", wanted.stream().map(ProofKind::text).toList());
        }
        return Answers.json(body);
    }

    /// A newcomer's enrolment with `code`, or a further device's request with `owner`.
    private Reply enrol(Call call) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        if (parameters.has("owner")) {
            return join(parameters);
        }
        var enrolled =
                enrolment.enrol(
                        new Enrolment.Request(
                                parameters.text("device"),
                                code(parameters),
                                sealed(parameters),
                                verdict(parameters)));
        var page = journal.since(enrolled.owner(), 0, 1, 0);
        var body = new LinkedHashMap<String, Object>();
        body.put("owner", enrolled.owner().text());
        body.put("device", enrolled.device().text());
        body.put("slot", enrolled.slot().text());
        body.put("record", ChainPage.show(page.records().getFirst()));
        body.putAll(ChainPage.proof(page));
        return Answers.json(body);
    }

    private Reply join(Parameters parameters) throws CscRefused, Refused {
        var owner = owner(parameters, FailureKind.INVITATION_REFUSED);
        var answer =
                joining.ask(
                        new Joining.Request(
                                owner,
                                parameters.text("device"),
                                sealed(parameters),
                                verdict(parameters)));
        return switch (answer) {
            case Joining.Answer.Waiting(var device, var expires) ->
                    Answers.json(
                            Map.of(
                                    "waiting",
                                    Map.of("device", device.text(), "until", expires.toString())));
            case Joining.Answer.Joined(var device, var slot) -> enrolled(owner, device, slot);
        };
    }

    private Reply recover(Call call) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var owner = owner(parameters, FailureKind.RECOVERY_REFUSED);
        var answer =
                recovery.recover(
                        new Recovery.Request(
                                owner,
                                jwk(parameters),
                                parameters.text("device"),
                                sealed(parameters),
                                verdict(parameters)));
        return switch (answer) {
            case Recovery.Answer.Waiting(var due) ->
                    Answers.json(Map.of("waiting", Map.of("due", due.toString())));
            case Recovery.Answer.Recovered(var device, var slot) -> enrolled(owner, device, slot);
        };
    }

    private static Reply enrolled(Id owner, Id device, Id slot) {
        return Answers.json(
                Map.of("owner", owner.text(), "device", device.text(), "slot", slot.text()));
    }

    /// What is no owner is as unknown as one that there never was.
    private static Id owner(Parameters parameters, FailureKind unknown) throws CscRefused, Refused {
        try {
            return Id.parse(Id.Kind.OWNER, parameters.text("owner"));
        } catch (MalformedException e) {
            throw new Refused(unknown);
        }
    }

    private static DeviceJwk jwk(Parameters parameters) throws CscRefused, Refused {
        try {
            return new DeviceJwk(parameters.bytes("x"), parameters.bytes("y"));
        } catch (IllegalArgumentException e) {
            throw new Refused(FailureKind.MALFORMED_REQUEST, "x and y have 32 octets.");
        }
    }

    /// What is no code is as unknown as one that was never given out.
    private static Bytes code(Parameters parameters) throws CscRefused, Refused {
        try {
            return Invitation.parseCode(parameters.text("code"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
        }
    }

    /// What the device says of how its key is kept; null when it says nothing.
    private static @Nullable DeviceVerdict verdict(Parameters parameters)
            throws CscRefused, Refused {
        if (!parameters.has("verdict")) {
            return null;
        }
        try {
            return DeviceVerdict.parseSaid(parameters.text("verdict"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.MALFORMED_REQUEST, "verdict is " + e.getMessage() + ".");
        }
    }

    private static Sealed sealed(Parameters parameters) throws CscRefused, Refused {
        try {
            return Sealed.decode(parameters.bytes("sealed"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }
}
