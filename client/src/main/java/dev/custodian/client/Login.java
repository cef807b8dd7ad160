package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A device's login and the tokens that come of it (DESIGN §7): the device key signs when it begins
/// and at each refresh, one at a time, and at no other call.
final class Login {
    private static final String TOKEN = "/oauth2/token";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Duration ASSERTION = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final long DEFAULT_LIFE = 3600;
    private static final long LONGEST_LIFE = 86_400;
    private static final long LONGEST_LOGIN = Duration.ofDays(366).toSeconds();

    private final PinnedServer server;
    private final Memory memory;
    private final DeviceSigner device;
    private final EphemeralKey key;
    private final SecureRandom random;
    private final Poster poster;
    private final @Nullable SessionFile file;
    private volatile SessionFile.Kept kept;
    private Access access = Access.NONE;

    /// Whether it may begin without being told to: a program that keeps no login has to, once.
    private boolean mayBegin;

    /// Posts a form with a proof of the session's key.
    interface Poster {
        Answer post(String path, URI uri, Bytes form) throws Transport.LostException, Refused;
    }

    private record Access(String text, Instant renewAt) {
        private static final Access NONE = new Access("", Instant.MIN);

        @Override
        public String toString() {
            return "Access";
        }
    }

    /// @param file where the login is kept; null for one that ends with this program
    Login(
            PinnedServer server,
            Memory memory,
            DeviceSigner device,
            EphemeralKey key,
            SecureRandom random,
            Poster poster,
            @Nullable SessionFile file) {
        this.server = server;
        this.memory = memory;
        this.device = device;
        this.key = key;
        this.random = random;
        this.poster = poster;
        this.file = file;
        this.kept = file == null ? SessionFile.Kept.NONE : file.now();
        this.mayBegin = file == null;
    }

    /// Until when the login lasts; long ago when there is none.
    Instant until() {
        return kept.isLogin() ? kept.until() : Instant.EPOCH;
    }

    /// An access token that is good for a while; refreshes when it must.
    synchronized String token() throws Transport.LostException, Refused {
        if (server.time().now().isBefore(access.renewAt)) {
            return access.text;
        }
        if (kept.isLogin()) {
            refresh();
        } else if (mayBegin) {
            begin();
        } else {
            throw new Refused(FailureKind.NOT_AUTHENTICATED, "There is no login.");
        }
        return access.text;
    }

    /// Does not use an access token any more that the server refused.
    synchronized void forget(String token) {
        if (access.text.equals(token)) {
            access = Access.NONE;
        }
    }

    /// Begins a new login.
    synchronized void begin() throws Transport.LostException, Refused {
        adopt(ask(assertion -> Map.of("grant_type", GRANT, "assertion", assertion)));
    }

    /// The same token again gives the same answer, should it be lost.
    private void refresh() throws Transport.LostException, Refused {
        var token = kept.refresh();
        var answer =
                ask(
                        assertion ->
                                Map.of(
                                        "grant_type", "refresh_token",
                                        "refresh_token", token,
                                        "client_assertion_type", ASSERTION_TYPE,
                                        "client_assertion", assertion));
        if (answer.body().textOrEmpty("error").equals("invalid_grant")) {
            clear();
            throw new Refused(FailureKind.NOT_AUTHENTICATED, "The server has ended the login.");
        }
        adopt(answer);
    }

    private interface Form {
        Map<String, String> of(String assertion);
    }

    /// Asks once more with the server's time when it refuses: this machine's clock may have been
    /// set meanwhile.
    private Answer ask(Form form) throws Transport.LostException, Refused {
        var answer = send(form);
        if (answer.reply().status() / 100 == 4) {
            server.meetAgain();
            answer = send(form);
        }
        if (answer.reply().status() == 503) {
            throw new Transport.LostException(answer.refusal());
        }
        return answer;
    }

    private Answer send(Form form) throws Transport.LostException, Refused {
        var uri = server.route(TOKEN);
        return poster.post(TOKEN, uri, encoded(form.of(assertion(uri))));
    }

    private void adopt(Answer answer) throws Refused {
        var body = answer.orRefused();
        if (!body.text("token_type").equalsIgnoreCase("DPoP")) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives a token that is bound to no key.");
        }
        var text = token(body, "access_token");
        var now = server.time().now();
        long life = Math.clamp(body.numberOr("expires_in", DEFAULT_LIFE), 0, LONGEST_LIFE);
        var margin = Math.min(MARGIN.toSeconds(), life / 2);
        long lasts = Math.clamp(body.number("refresh_expires_in"), 0, LONGEST_LOGIN);
        keep(new SessionFile.Kept(token(body, "refresh_token"), now.plusSeconds(lasts)));
        access = new Access(text, now.plusSeconds(life - margin));
        mayBegin = false;
    }

    private static String token(Part body, String name) throws Refused {
        var text = body.text(name);
        if (!text.matches("[A-Za-z0-9._~+/=-]{1,8192}")) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server gives a token that fits no header.");
        }
        return text;
    }

    private void keep(SessionFile.Kept next) throws Refused {
        if (file != null) {
            file.keep(next);
        }
        kept = next;
    }

    private void clear() throws Refused {
        access = Access.NONE;
        mayBegin = false;
        keep(SessionFile.Kept.NONE);
    }

    /// Ends the login, here first and whether the server can be told or not. Returns what the
    /// server is to be told, empty when there is nothing.
    synchronized Bytes end() throws Refused {
        var token = kept.refresh();
        clear();
        return token.isEmpty() ? Bytes.EMPTY : encoded(Map.of("token", token));
    }

    private static Bytes encoded(Map<String, String> form) {
        return Bytes.utf8(
                form.entrySet().stream()
                        .map(
                                one ->
                                        one.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")));
    }

    /// RFC 7523 §3, with the key that the tokens are to be bound to.
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
    public String toString() {
        return "Login";
    }
}
