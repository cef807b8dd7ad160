package dev.custodian.server.oauth;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.config.Binding;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.csc.CscRefused;
import dev.custodian.server.csc.DeviceHandler;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import dev.custodian.server.owner.Sessions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Locale;
import java.util.function.Supplier;

/// Lets a call through to its handler only with a token of an enrolled device and a fresh proof of
/// the key that the token is bound to (RFC 9449 §7), or over a connection that this key opened (RFC
/// 8705 §3). Whether the device is still enrolled is looked up each time.
public final class DeviceAuthentication {
    static final String NONCE = "DPoP-Nonce";

    private static final int LONGEST = 256;
    private static final String UNKNOWN = "The token is unknown or has ended";

    private final Sessions sessions;
    private final Binding binding;
    private final DpopNonces nonces;
    private final DpopProofs proofs;
    private final Supplier<URI> base;

    /// @param base where clients reach this server, `https://host[:port]`
    public DeviceAuthentication(
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
    }

    /// Returns a handler that asks for token and proof first.
    public Handler require(DeviceHandler handler) {
        return call -> {
            Reply reply;
            try {
                reply = handler.handle(call, caller(call));
            } catch (TokenRefused e) {
                reply =
                        Answers.refusal(401, e.code(), e.sentence(), FailureKind.NOT_AUTHENTICATED)
                                .withHeader("WWW-Authenticate", e.challenge());
            } catch (CscRefused e) {
                reply = Answers.of(e);
            } catch (Refused e) {
                reply = Answers.of(e);
            }
            return reply.withHeader(NONCE, nonces.current());
        };
    }

    private DeviceCaller caller(Call call) throws TokenRefused, CallRefused, Refused {
        return switch (binding) {
            case DPOP -> proven(call);
            case TLS -> connected(call);
        };
    }

    private DeviceCaller proven(Call call) throws TokenRefused, CallRefused, Refused {
        var token = token(call.header("Authorization").orElse(""));
        var session = sessions.find(token);
        if (session == null) {
            throw TokenRefused.invalidToken(UNKNOWN);
        }
        var jkt = proofs.check(call, base.get().resolve(call.path()), token);
        if (!isSame(jkt, session.bound())) {
            throw TokenRefused.invalidToken("The token is bound to another key");
        }
        return session.caller();
    }

    private DeviceCaller connected(Call call) throws TokenRefused, CallRefused, Refused {
        var authorization = call.header("Authorization").orElse("");
        if (authorization.isEmpty()) {
            throw TokenRefused.noCertificateToken();
        }
        if (!scheme(authorization).equals("bearer")) {
            throw TokenRefused.invalidCertificateToken(
                    "Tokens are bound to the certificate: the scheme must be Bearer");
        }
        var token = authorization.substring("bearer ".length());
        var session = token.length() > LONGEST ? null : sessions.find(token);
        if (session == null) {
            throw TokenRefused.invalidCertificateToken(UNKNOWN);
        }
        if (!isSame(CertificateBinding.of(call.clientKey()), session.bound())) {
            throw TokenRefused.invalidCertificateToken(
                    "The token is bound to another certificate's key");
        }
        return session.caller();
    }

    private static boolean isSame(String proven, String bound) {
        return MessageDigest.isEqual(octets(proven), octets(bound));
    }

    private static String scheme(String authorization) {
        int space = authorization.indexOf(' ');
        return space < 0 ? "" : authorization.substring(0, space).toLowerCase(Locale.ROOT);
    }

    private static String token(String authorization) throws TokenRefused, CallRefused {
        if (authorization.isEmpty()) {
            throw TokenRefused.noToken();
        }
        return switch (scheme(authorization)) {
            case "dpop" -> {
                var token = authorization.substring("dpop ".length());
                if (token.length() > LONGEST) {
                    throw TokenRefused.invalidToken(UNKNOWN);
                }
                yield token;
            }
            case "bearer" ->
                    throw TokenRefused.invalidToken("Tokens are bound: the scheme must be DPoP");
            default -> throw CallRefused.malformed("Malformed authorization header");
        };
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
