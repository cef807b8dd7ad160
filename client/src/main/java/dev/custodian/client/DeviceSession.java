package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// An enrolled device that is logged in (DESIGN §7): tokens by an assertion of the device key (RFC
/// 7523), bound to a key that lives as long as this object (DPoP, RFC 9449). Logs in when it must,
/// not before.
public final class DeviceSession implements AutoCloseable {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final Duration ASSERTION = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final long DEFAULT_LIFE = 3600;
    private static final long LONGEST_LIFE = 86_400;

    private final PinnedServer server;
    private final Memory memory;
    private final DeviceSigner device;
    private final SecureRandom random;
    private final EphemeralKey key;
    private final Patience patience;
    private volatile String nonce = "";
    private Token token = Token.NONE;

    private record Token(String text, Instant renewAt) {
        private static final Token NONE = new Token("", Instant.MIN);

        @Override
        public String toString() {
            return "Token";
        }
    }

    /// A session of the device that `memory` is about; meets its server anew.
    public static DeviceSession open(
            Memory memory, DeviceSigner device, Clock clock, SecureRandom random) throws Refused {
        var pinned = memory.now();
        var server = PinnedServer.meet(pinned.server(), pinned.thumbprint(), clock);
        return new DeviceSession(server, memory, device, random, Patience.USUAL);
    }

    DeviceSession(
            PinnedServer server,
            Memory memory,
            DeviceSigner device,
            SecureRandom random,
            Patience patience) {
        this.server = server;
        this.memory = memory;
        this.device = device;
        this.random = random;
        this.patience = patience;
        this.key = new EphemeralKey(random);
    }

    PinnedServer server() {
        return server;
    }

    Memory memory() {
        return memory;
    }

    DeviceSigner device() {
        return device;
    }

    Patience patience() {
        return patience;
    }

    /// Calls a CSC method, again and again while the server is away or busy: only for what may
    /// safely be repeated.
    Answer call(String method, Json body) throws Refused {
        for (int tries = 1; ; tries++) {
            Refused refusal;
            long wait = 0;
            try {
                var answer = callOnce(method, body);
                if (answer.reply().status() != 503) {
                    return answer;
                }
                refusal = answer.refusal();
                wait = answer.reply().retryAfter();
            } catch (Transport.LostException e) {
                refusal = e.refusal();
            }
            if (tries >= patience.tries()) {
                throw refusal;
            }
            patience.await(tries, wait);
        }
    }

    private Answer callOnce(String method, Json body) throws Transport.LostException, Refused {
        var uri = server.method(method);
        var renewed = false;
        while (true) {
            var bearer = token();
            var answer = post(method, uri, "application/json", bearer, body.write());
            if (answer.reply().status() == 401 && !renewed) {
                // The server forgot the token, for instance by starting anew.
                renewed = true;
                forget(bearer);
                continue;
            }
            return answer;
        }
    }

    /// Posts with a DPoP proof, once more with the server's nonce when it asks for one (RFC 9449
    /// §8, §9).
    private Answer post(String what, URI uri, String type, String bearer, Bytes body)
            throws Transport.LostException, Refused {
        var asked = nonce;
        var answer = Answer.of(what, send(uri, type, bearer, asked, body));
        if (wantsNonce(answer) && !nonce.equals(asked)) {
            return Answer.of(what, send(uri, type, bearer, nonce, body));
        }
        return answer;
    }

    private Reply send(URI uri, String type, String bearer, String nonceNow, Bytes body)
            throws Transport.LostException, Refused {
        var request =
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", type)
                        .header("DPoP", key.proof(uri, bearer, nonceNow, server.time().now()));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "DPoP " + bearer);
        }
        var reply = server.post(request, body);
        if (!reply.nonce().isEmpty()) {
            nonce = reply.nonce();
        }
        return reply;
    }

    /// The headers with which another program may make one call of a CSC method for a minute or
    /// more: the token and a proof that holds for this method alone. Whoever reads them can make
    /// that call.
    public Map<String, String> headers(String method) throws Refused {
        try {
            var uri = server.method(method);
            var bearer = token();
            return Map.of(
                    "Authorization",
                    "DPoP " + bearer,
                    "DPoP",
                    key.proof(uri, bearer, nonce, server.time().now()));
        } catch (Transport.LostException e) {
            throw e.refusal();
        }
    }

    private static boolean wantsNonce(Answer answer) {
        int status = answer.reply().status();
        return (status == 400 || status == 401)
                && (answer.body().textOrEmpty("error").equals("use_dpop_nonce")
                        || answer.reply().headers().allValues("WWW-Authenticate").stream()
                                .anyMatch(challenge -> challenge.contains("use_dpop_nonce")));
    }

    private synchronized String token() throws Transport.LostException, Refused {
        if (!server.time().now().isBefore(token.renewAt)) {
            token = newToken();
        }
        return token.text;
    }

    private synchronized void forget(String bearer) {
        if (token.text.equals(bearer)) {
            token = Token.NONE;
        }
    }

    private Token newToken() throws Transport.LostException, Refused {
        var uri = server.route("/oauth2/token");
        var form =
                "grant_type="
                        + URLEncoder.encode(GRANT, StandardCharsets.UTF_8)
                        + "&assertion="
                        + assertion(uri);
        var answer =
                post(
                        "oauth2/token",
                        uri,
                        "application/x-www-form-urlencoded",
                        "",
                        Bytes.utf8(form));
        var body = answer.orRefused();
        if (!body.text("token_type").equalsIgnoreCase("DPoP")) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives a token that is bound to no key.");
        }
        var text = body.text("access_token");
        if (!text.matches("[A-Za-z0-9._~+/=-]{1,8192}")) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server gives a token that fits no header.");
        }
        long life = Math.clamp(body.numberOr("expires_in", DEFAULT_LIFE), 0, LONGEST_LIFE);
        var margin = Math.min(MARGIN.toSeconds(), life / 2);
        return new Token(text, server.time().now().plusSeconds(life - margin));
    }

    /// RFC 7523 §3, with the key that the token is to be bound to.
    private String assertion(URI uri) throws Refused {
        var id = memory.now().device().text();
        var now = server.time().now();
        var claims =
                Json.object()
                        .put("iss", id)
                        .put("sub", id)
                        .put("aud", uri.toString())
                        .put("iat", now.getEpochSecond())
                        .put("exp", now.plus(ASSERTION).getEpochSecond())
                        .put("jti", EphemeralKey.randomId(random))
                        .put("cnf", Json.object().put("jkt", key.thumbprint()).build())
                        .build();
        return Jws.sign(Jws.header("JWT").keyID(id).build(), claims.write(), device);
    }

    @Override
    public void close() {
        server.close();
    }
}
