package dev.custodian.server.oauth;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
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
/// the key that the token is bound to (RFC 9449 §7). Whether the device is still enrolled is looked
/// up each time.
public final class DeviceAuthentication {
    static final String NONCE = "DPoP-Nonce";

    private static final int LONGEST = 256;

    private final Sessions sessions;
    private final DpopNonces nonces;
    private final DpopProofs proofs;
    private final Supplier<URI> base;

    /// @param base where clients reach this server, `https://host[:port]`
    public DeviceAuthentication(
            Sessions sessions, DpopNonces nonces, Supplier<URI> base, Clock clock) {
        this.sessions = sessions;
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
            } catch (DpopRefused e) {
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

    private DeviceCaller caller(Call call) throws DpopRefused, CallRefused, Refused {
        var token = token(call.header("Authorization").orElse(""));
        var session = sessions.find(token);
        if (session == null) {
            throw DpopRefused.invalidToken("The token is unknown or has ended");
        }
        var jkt = proofs.check(call, base.get().resolve(call.path()), token);
        if (!MessageDigest.isEqual(octets(jkt), octets(session.jkt()))) {
            throw DpopRefused.invalidToken("The token is bound to another key");
        }
        return session.caller();
    }

    private static String token(String authorization) throws DpopRefused, CallRefused {
        if (authorization.isEmpty()) {
            throw DpopRefused.noToken();
        }
        int space = authorization.indexOf(' ');
        var scheme = space < 0 ? "" : authorization.substring(0, space).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "dpop" -> {
                var token = authorization.substring(space + 1);
                if (token.length() > LONGEST) {
                    throw DpopRefused.invalidToken("The token is unknown or has ended");
                }
                yield token;
            }
            case "bearer" ->
                    throw DpopRefused.invalidToken("Tokens are bound: the scheme must be DPoP");
            default -> throw CallRefused.malformed("Malformed authorization header");
        };
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
