package dev.custodian.server.csc;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.Consents;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// `consents/grant`, `consents/list` and `consents/forget`, our own methods (FORMATS §6): a device
/// sees and ends its own consents and no others.
final class ConsentCalls {
    private final Credentials credentials;
    private final Consents consents;

    ConsentCalls(Credentials credentials, Consents consents) {
        this.credentials = credentials;
        this.consents = consents;
    }

    Reply grant(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var credential = credentials.of(caller.owner(), parameters.credentialId());
        var data = AuthData.of(parameters);
        var granted =
                consents.grant(
                        new Consents.Request(
                                caller, credential.id(), data.device(), data.sealed()));
        try (var secret = granted.secret()) {
            return Answers.json(
                    Map.of(
                            "consent", granted.id().text(),
                            "secret", secret.expose(),
                            "level", granted.level().name().toLowerCase(Locale.ROOT)));
        }
    }

    Reply list(Call call, DeviceCaller caller) throws CscRefused, Refused {
        Parameters.of(call);
        return Answers.json(
                Map.of(
                        "consents",
                        consents.list(caller).stream().map(ConsentCalls::show).toList()));
    }

    private static Map<String, Object> show(Consents.View consent) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("consent", consent.id().text());
        shown.put("credentialID", consent.credential().text());
        shown.put("purpose", consent.purpose().text());
        shown.put("subject", consent.subject());
        shown.put("count", consent.count());
        shown.put("remaining", consent.remaining());
        shown.put("until", consent.until().toString());
        return shown;
    }

    Reply forget(Call call, DeviceCaller caller) throws CscRefused, Refused {
        consents.forget(caller, id(Parameters.of(call)));
        return Answers.json(Map.of());
    }

    private static Id id(Parameters parameters) throws CscRefused, Refused {
        try {
            return Id.parse(Id.Kind.CONSENT, parameters.text("consent"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.CONSENT_UNKNOWN);
        }
    }
}
