package dev.custodian.server.pairing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.Invitation;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.activation.Challenges;
import dev.custodian.server.activation.Enrolment;
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
import java.util.Map;
import java.util.function.Supplier;

/// `GET /identity` and `POST /enrol` (FORMATS §3).
public final class PairingRoutes {
    private static final int ENROLMENT = 32 << 10;

    private final Supplier<String> identity;
    private final Challenges challenges;
    private final Enrolment enrolment;
    private final Journal journal;

    private PairingRoutes(Supplier<String> identity, ActivationModule activation, Journal journal) {
        this.identity = identity;
        this.challenges = activation.challenges();
        this.enrolment = activation.enrolment();
        this.journal = journal;
    }

    /// Returns the routes.
    ///
    /// @param identity the identity's statement of now, a JWS
    public static List<Route> of(
            Supplier<String> identity, ActivationModule activation, Journal journal) {
        var pairing = new PairingRoutes(identity, activation, journal);
        return List.of(
                Route.get("/identity", Answers.guarded(pairing::identity)),
                Route.post("/enrol", ENROLMENT, Answers.guarded(pairing::enrol)));
    }

    private Reply identity(Call call) {
        var nonce = challenges.issue("", "enrol").base64Url();
        return Answers.json(Map.of("identity", identity.get(), "nonce", nonce));
    }

    private Reply enrol(Call call) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var enrolled =
                enrolment.enrol(
                        new Enrolment.Request(
                                parameters.text("device"), code(parameters), sealed(parameters)));
        var page = journal.since(enrolled.owner(), 0, 1, 0);
        var body = new LinkedHashMap<String, Object>();
        body.put("owner", enrolled.owner().text());
        body.put("device", enrolled.device().text());
        body.put("slot", enrolled.slot().text());
        body.put("record", ChainPage.show(page.records().getFirst()));
        body.putAll(ChainPage.proof(page));
        return Answers.json(body);
    }

    /// What is no code is as unknown as one that was never given out.
    private static Bytes code(Parameters parameters) throws CscRefused, Refused {
        try {
            return Invitation.parseCode(parameters.text("code"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.INVITATION_REFUSED);
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
