package dev.custodian.server.oauth;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import dev.custodian.server.http.Form;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import dev.custodian.server.owner.Sessions;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// `POST /oauth2/token`: an enrolled device's assertion and a proof of its ephemeral key become a
/// token that is bound to this key. Every refusal of an assertion is the same.
public final class TokenEndpoint implements Handler {
    public static final String PATH = "/oauth2/token";

    /// Largest body in octets.
    public static final int BODY_LIMIT = 16 << 10;

    private static final String FORM = "application/x-www-form-urlencoded";

    private final Sessions sessions;
    private final DpopNonces nonces;
    private final DpopProofs proofs;
    private final Supplier<URI> base;
    private final Clock clock;

    /// @param base where clients reach this server, `https://host[:port]`
    public TokenEndpoint(Sessions sessions, DpopNonces nonces, Supplier<URI> base, Clock clock) {
        this.sessions = sessions;
        this.nonces = nonces;
        this.proofs = new DpopProofs(nonces, clock);
        this.base = base;
        this.clock = clock;
    }

    @Override
    public Reply handle(Call call) throws Exception {
        Reply reply;
        try {
            reply = token(call);
        } catch (DpopRefused e) {
            reply = refusal(e.code(), e.sentence());
        } catch (Refused e) {
            reply = Answers.of(e);
        }
        return reply.withHeader(DeviceAuthentication.NONCE, nonces.current());
    }

    private Reply token(Call call) throws CallRefused, DpopRefused, Refused {
        var form = form(call);
        var grant = form.getOrDefault("grant_type", "");
        if (grant.isEmpty()) {
            return refusal(OAuth2Error.INVALID_REQUEST.getCode(), "Missing parameter grant_type");
        }
        if (!grant.equals(GrantType.JWT_BEARER.getValue())) {
            return refusal(
                    OAuth2Error.UNSUPPORTED_GRANT_TYPE.getCode(), "Invalid parameter grant_type");
        }
        var text = form.getOrDefault("assertion", "");
        if (text.isEmpty()) {
            return refusal(OAuth2Error.INVALID_REQUEST.getCode(), "Missing parameter assertion");
        }
        var target = base.get().resolve(PATH);
        var jkt = proofs.check(call, target, null);
        var assertion = DeviceAssertion.read(text, target, clock.instant());
        if (assertion == null || !assertion.jkt().equals(jkt)) {
            return invalidGrant();
        }
        var key = sessions.deviceKey(assertion.device());
        if (key == null || !assertion.isSignedBy(key)) {
            return invalidGrant();
        }
        try {
            var token =
                    sessions.open(assertion.device(), assertion.jti(), assertion.expires(), jkt);
            return Answers.json(
                    Map.of(
                            "access_token", token.expose(),
                            "token_type", "DPoP",
                            "expires_in", Sessions.LIFE.toSeconds()));
        } catch (Refused e) {
            if (e.kind() == FailureKind.NOT_AUTHENTICATED) {
                return invalidGrant();
            }
            throw e;
        }
    }

    private static Map<String, String> form(Call call) throws CallRefused {
        var type = call.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals(FORM)) {
            throw CallRefused.malformed("The body must be " + FORM + ".");
        }
        try {
            return Form.decode(call.body().utf8());
        } catch (MalformedException e) {
            throw CallRefused.malformed("The body is not UTF-8.");
        }
    }

    private static Reply invalidGrant() {
        return refusal(OAuth2Error.INVALID_GRANT.getCode(), "The assertion is not accepted");
    }

    private static Reply refusal(String code, String sentence) {
        return Answers.refusal(400, code, sentence, FailureKind.NOT_AUTHENTICATED);
    }
}
