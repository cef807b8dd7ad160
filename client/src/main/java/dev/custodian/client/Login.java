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
/// and at each refresh, one at a time, and at no other call. Where TLS binds the tokens, it signs
/// when a connection is opened that resumes none, and the connection is the proof (RFC 8705).
final class Login {
    private static final String TOKEN = "/oauth2/token";
    private static final String REFRESH = "refresh_token";
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
    private final ShownKey shown;
    private final SecureRandom random;
    private final Poster poster;
    private final @Nullable SessionFile file;
    private volatile SessionFile.Kept kept;
    private Access access = Access.NONE;

    /// Whether it may begin without being told to: a program that keeps no login has to, once.
    private boolean mayBegin;

    /// Posts a form with what proves the key that its tokens are to be bound to.
    interface Poster {
        Answer post(String path, URI uri, Bytes form, Binding binding)
                throws Transport.LostException, Refused;
    }

    /// An access token.
    record Access(String text, Instant renewAt, Binding binding) {
        private static final Access NONE = new Access("", Instant.MIN, Binding.DPOP);

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
            ShownKey shown,
            SecureRandom random,
            Poster poster,
            @Nullable SessionFile file) {
        this.server = server;
        this.memory = memory;
        this.device = device;
        this.key = key;
        this.shown = shown;
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
    synchronized Access token() throws Transport.LostException, Refused {
        if (access.binding == server.binding() && server.time().now().isBefore(access.renewAt)) {
            return access;
        }
        if (kept.isLogin()) {
            refresh();
        } else if (mayBegin) {
            begin();
        } else {
            throw new Refused(FailureKind.NOT_AUTHENTICATED, "There is no login.");
        }
        return access;
    }

    /// Does not use an access token any more that the server refused.
    synchronized void forget(Access refused) {
        if (access.text.equals(refused.text)) {
            access = Access.NONE;
        }
    }

    /// Begins a new login.
    synchronized void begin() throws Transport.LostException, Refused {
        adopt(
                ask(
                        binding ->
                                switch (binding) {
                                    case DPOP ->
                                            Map.of("grant_type", GRANT, "assertion", assertion());
                                    case TLS ->
                                            Map.of(
                                                    "grant_type",
                                                    "client_credentials",
                                                    "client_id",
                                                    device());
                                }));
    }

    /// The same token again gives the same answer, should it be lost.
    private void refresh() throws Transport.LostException, Refused {
        var token = kept.refresh();
        var asked =
                ask(
                        binding -> {
                            requireAsBefore(binding);
                            return switch (binding) {
                                case DPOP ->
                                        Map.of(
                                                "grant_type", REFRESH,
                                                "refresh_token", token,
                                                "client_assertion_type", ASSERTION_TYPE,
                                                "client_assertion", assertion());
                                case TLS ->
                                        Map.of(
                                                "grant_type", REFRESH,
                                                "refresh_token", token,
                                                "client_id", device());
                            };
                        });
        if (asked.answer.body().textOrEmpty("error").equals("invalid_grant")) {
            clear();
            throw new Refused(FailureKind.NOT_AUTHENTICATED, "The server has ended the login.");
        }
        adopt(asked);
    }

    /// A refresh token that TLS bound is not told to a server that would take it without.
    private void requireAsBefore(Binding binding) throws Refused {
        if (kept.binding() == Binding.TLS && binding == Binding.DPOP) {
            clear();
            throw new Refused(
                    FailureKind.NOT_AUTHENTICATED,
                    "The server bound logins to the device key by TLS and does so no more: if the"
                            + " operator meant that, log in again.");
        }
    }

    private interface Form {
        Map<String, String> of(Binding binding) throws Refused;
    }

    private record Asked(Binding binding, Answer answer) {}

    /// Asks once more with the server's time when it refuses: this machine's clock may have been
    /// set meanwhile.
    private Asked ask(Form form) throws Transport.LostException, Refused {
        var asked = send(form);
        if (asked.answer.reply().status() / 100 == 4) {
            server.meetAgain();
            asked = send(form);
        }
        if (asked.answer.reply().status() == 503) {
            throw new Transport.LostException(asked.answer.refusal());
        }
        return asked;
    }

    private Asked send(Form form) throws Transport.LostException, Refused {
        var binding = server.binding();
        var encoded = encoded(form.of(binding));
        return new Asked(binding, poster.post(TOKEN, server.route(TOKEN), encoded, binding));
    }

    private void adopt(Asked asked) throws Refused {
        var body = asked.answer.orRefused();
        if (!body.text("token_type").equalsIgnoreCase(asked.binding.scheme())) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives a token that is bound to no key.");
        }
        var text = token(body, "access_token");
        var now = server.time().now();
        long life = Math.clamp(body.numberOr("expires_in", DEFAULT_LIFE), 0, LONGEST_LIFE);
        var margin = Math.min(MARGIN.toSeconds(), life / 2);
        long lasts = Math.clamp(body.number("refresh_expires_in"), 0, LONGEST_LOGIN);
        keep(
                new SessionFile.Kept(
                        token(body, "refresh_token"),
                        now.plusSeconds(lasts),
                        asked.binding,
                        shown.certificate()));
        access = new Access(text, now.plusSeconds(life - margin), asked.binding);
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
        keep(kept.ended());
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

    private String device() {
        return memory.now().device().text();
    }

    /// RFC 7523 §3, with the key that the tokens are to be bound to.
    private String assertion() throws Refused {
        var id = device();
        var now = server.time().now();
        var claims =
                Json.object()
                        .put("iss", id)
                        .put("sub", id)
                        .put("aud", server.route(TOKEN).toString())
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
