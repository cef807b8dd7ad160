package dev.custodian.server.oauth;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.server.config.Binding;
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
import org.jspecify.annotations.Nullable;

/// `POST /oauth2/token`: an enrolled device's assertion and a proof of its ephemeral key become
/// tokens of a new login, or, with its refresh token, the next ones of an old one; access tokens
/// are bound to that key. Where tokens are bound by TLS, the connection's certificate is assertion
/// and proof in one. Every refusal of an assertion or a refresh token is the same.
public final class TokenEndpoint implements Handler {
    public static final String PATH = "/oauth2/token";

    /// Largest body in octets.
    public static final int BODY_LIMIT = 16 << 10;

    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private final Sessions sessions;
    private final Binding binding;
    private final DpopNonces nonces;
    private final DpopProofs proofs;
    private final Supplier<URI> base;
    private final Clock clock;

    /// @param base where clients reach this server, `https://host[:port]`
    public TokenEndpoint(
            Sessions sessions,
            Binding binding,
            DpopNonces nonces,
            Supplier<URI> base,
            Clock clock) {
        this.sessions = sessions;
        this.binding = binding;
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
        } catch (TokenRefused e) {
            reply = refusal(e.code(), e.sentence());
        } catch (Refused e) {
            reply = Answers.of(e);
        }
        return reply.withHeader(DeviceAuthentication.NONCE, nonces.current());
    }

    /// Who asks, proven, and the key that the tokens are to be bound to.
    private record Asking(Id device, Sessions.@Nullable Once once, String bound) {}

    private Reply token(Call call) throws CallRefused, TokenRefused, Refused {
        var form = Forms.read(call);
        var grant = form.getOrDefault("grant_type", "");
        boolean refresh = grant.equals(GrantType.REFRESH_TOKEN.getValue());
        if (!refresh && !grant.equals(beginning().getValue())) {
            return grant.isEmpty()
                    ? missing("grant_type")
                    : refusal(
                            OAuth2Error.UNSUPPORTED_GRANT_TYPE.getCode(),
                            "Invalid parameter grant_type");
        }
        var token = form.getOrDefault("refresh_token", "");
        if (refresh && token.isEmpty()) {
            return missing("refresh_token");
        }
        // RFC 7523 §2.1 and §2.2: the same assertion, once as grant and once to authenticate.
        var name = refresh ? "client_assertion" : "assertion";
        switch (binding) {
            case DPOP -> {
                if (refresh
                        && !form.getOrDefault("client_assertion_type", "").equals(ASSERTION_TYPE)) {
                    return missing("client_assertion_type");
                }
                if (form.getOrDefault(name, "").isEmpty()) {
                    return missing(name);
                }
            }
            case TLS -> {
                if (form.getOrDefault("client_id", "").isEmpty()) {
                    return missing("client_id");
                }
            }
        }
        var asking =
                switch (binding) {
                    case DPOP -> asserted(call, form.getOrDefault(name, ""));
                    case TLS -> connected(call, form.getOrDefault("client_id", ""));
                };
        if (asking == null) {
            return invalidGrant();
        }
        try {
            return answer(
                    refresh
                            ? sessions.refresh(
                                    token, asking.device(), asking.once(), asking.bound())
                            : sessions.open(asking.device(), asking.once(), asking.bound()));
        } catch (Refused e) {
            if (e.kind() == FailureKind.NOT_AUTHENTICATED) {
                return invalidGrant();
            }
            throw e;
        }
    }

    private GrantType beginning() {
        return switch (binding) {
            case DPOP -> GrantType.JWT_BEARER;
            case TLS -> GrantType.CLIENT_CREDENTIALS;
        };
    }

    private @Nullable Asking asserted(Call call, String text)
            throws CallRefused, TokenRefused, Refused {
        var target = base.get().resolve(PATH);
        var jkt = proofs.check(call, target, null);
        var assertion = DeviceAssertion.read(text, target, clock.instant());
        if (assertion == null || !assertion.jkt().equals(jkt)) {
            return null;
        }
        var key = sessions.deviceKey(assertion.device());
        if (key == null || !assertion.isSignedBy(key)) {
            return null;
        }
        var once = new Sessions.Once(assertion.jti(), assertion.expires());
        return new Asking(assertion.device(), once, jkt);
    }

    /// The device of the certificate's key (RFC 8705 §2.2). Nothing to repeat: the connection is
    /// its proof.
    private @Nullable Asking connected(Call call, String client) throws Refused {
        Id device;
        try {
            device = Id.parse(Id.Kind.DEVICE, client);
        } catch (MalformedException _) {
            return null;
        }
        var key = sessions.deviceKey(device);
        if (key == null || !key.equals(call.clientKey())) {
            return null;
        }
        return new Asking(device, null, CertificateBinding.of(key));
    }

    private Reply answer(Tokens tokens) {
        var left = Duration.between(clock.instant(), tokens.ends());
        return Answers.json(
                Map.of(
                        "access_token", tokens.access().expose(),
                        "token_type", binding == Binding.DPOP ? "DPoP" : "Bearer",
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
