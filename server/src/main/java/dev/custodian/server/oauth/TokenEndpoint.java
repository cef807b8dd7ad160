package dev.custodian.server.oauth;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import dev.custodian.server.owner.Sessions;
import dev.custodian.server.owner.Tokens;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/// `POST /oauth2/token`: an enrolled device's assertion and a proof of its ephemeral key become
/// tokens of a new login, or, with its refresh token, the next ones of an old one; access tokens
/// are bound to that key. Every refusal of an assertion or a refresh token is the same.
public final class TokenEndpoint implements Handler {
    public static final String PATH = "/oauth2/token";

    /// Largest body in octets.
    public static final int BODY_LIMIT = 16 << 10;

    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

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
        var form = Forms.read(call);
        var grant = form.getOrDefault("grant_type", "");
        boolean refresh = grant.equals(GrantType.REFRESH_TOKEN.getValue());
        if (!refresh && !grant.equals(GrantType.JWT_BEARER.getValue())) {
            return grant.isEmpty()
                    ? missing("grant_type")
                    : refusal(
                            OAuth2Error.UNSUPPORTED_GRANT_TYPE.getCode(),
                            "Invalid parameter grant_type");
        }
        if (refresh && !form.getOrDefault("client_assertion_type", "").equals(ASSERTION_TYPE)) {
            return missing("client_assertion_type");
        }
        // RFC 7523 §2.1 and §2.2: the same assertion, once as grant and once to authenticate.
        var name = refresh ? "client_assertion" : "assertion";
        var text = form.getOrDefault(name, "");
        if (text.isEmpty()) {
            return missing(name);
        }
        var token = form.getOrDefault("refresh_token", "");
        if (refresh && token.isEmpty()) {
            return missing("refresh_token");
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
            var device = assertion.device();
            var expires = assertion.expires();
            return answer(
                    refresh
                            ? sessions.refresh(token, device, assertion.jti(), expires, jkt)
                            : sessions.open(device, assertion.jti(), expires, jkt));
        } catch (Refused e) {
            if (e.kind() == FailureKind.NOT_AUTHENTICATED) {
                return invalidGrant();
            }
            throw e;
        }
    }

    private Reply answer(Tokens tokens) {
        var left = Duration.between(clock.instant(), tokens.ends());
        return Answers.json(
                Map.of(
                        "access_token", tokens.access().expose(),
                        "token_type", "DPoP",
                        "expires_in", Sessions.LIFE.toSeconds(),
                        "refresh_token", tokens.refresh().expose(),
                        "refresh_expires_in", Math.max(0, left.toSeconds())));
    }

    private static Reply missing(String name) {
        return refusal(OAuth2Error.INVALID_REQUEST.getCode(), "Missing parameter " + name);
    }

    private static Reply invalidGrant() {
        return refusal(OAuth2Error.INVALID_GRANT.getCode(), "The assertion is not accepted");
    }

    private static Reply refusal(String code, String sentence) {
        return Answers.refusal(400, code, sentence, FailureKind.NOT_AUTHENTICATED);
    }
}
