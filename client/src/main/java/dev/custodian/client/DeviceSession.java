package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An enrolled device's session with its server (DESIGN §7): tokens by assertions of the device key
/// (RFC 7523), bound to a key that lives as long as this object (DPoP, RFC 9449); or by TLS, where
/// the server says so, and bound to the device key (RFC 8705). Outlives restarts of the server,
/// lost answers, hours in which it is stopped, and a clock that is off.
public final class DeviceSession implements AutoCloseable {
    private static final String REVOKE = "/oauth2/revoke";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final PinnedServer server;
    private final Memory memory;
    private final DeviceSigner device;
    private final EphemeralKey key;
    private final Patience patience;
    private final Login login;
    private volatile String nonce = "";

    /// Why the server was not reached last time; empty when it was.
    private volatile String away = "";

    /// How a session stands.
    public enum State {
        /// Until the time that is given, as far as is known.
        LOGGED_IN,
        /// Nothing can be asked of the server until somebody logs in.
        MUST_LOG_IN,
        /// The last call did not reach the server; the login goes on.
        UNREACHABLE
    }

    /// How the session stands, without asking the server.
    ///
    /// @param until when the login ends, in the server's time; long ago when there is none
    /// @param detail a sentence for a person; empty when there is no more to say
    public record Status(State state, Instant until, String detail) {}

    /// A session of the device that `memory` is about; meets its server anew. Logs in by itself,
    /// once, and the login ends with this program.
    public static DeviceSession open(
            Memory memory, DeviceSigner device, Clock clock, SecureRandom random) throws Refused {
        return new DeviceSession(meet(memory, clock), memory, device, random, Patience.USUAL, null);
    }

    /// As [#open(Memory, DeviceSigner, Clock, SecureRandom)], with a login that is kept from one
    /// run to the next and begun by [#login] alone.
    public static DeviceSession open(
            Memory memory, DeviceSigner device, Clock clock, SecureRandom random, SessionFile file)
            throws Refused {
        return new DeviceSession(meet(memory, clock), memory, device, random, Patience.USUAL, file);
    }

    private static PinnedServer meet(Memory memory, Clock clock) throws Refused {
        var pinned = memory.now();
        return PinnedServer.meet(pinned.server(), pinned.thumbprint(), clock);
    }

    DeviceSession(
            PinnedServer server,
            Memory memory,
            DeviceSigner device,
            SecureRandom random,
            Patience patience,
            @Nullable SessionFile file) {
        this.server = server;
        this.memory = memory;
        this.device = device;
        this.patience = patience;
        this.key = new EphemeralKey(random);
        var shown = new ShownKey(device, file == null ? Bytes.EMPTY : file.now().certificate());
        server.show(shown);
        this.login =
                new Login(
                        server,
                        memory,
                        device,
                        key,
                        shown,
                        random,
                        (path, uri, form, binding) ->
                                post(path, uri, FORM, new Sent("", form, binding)),
                        file);
    }

    /// Begins a new login.
    public void login() throws Refused {
        patiently(
                () -> {
                    login.begin();
                    return true;
                });
    }

    /// Ends the login, here first: a server that cannot be told is a refusal, and the session is
    /// over all the same.
    public void logout() throws Refused {
        var form = login.end();
        if (form.size() > 0) {
            patiently(
                    () ->
                            post(
                                            REVOKE,
                                            server.route(REVOKE),
                                            FORM,
                                            new Sent("", form, server.binding()))
                                    .orRefused());
        }
    }

    public Status status() {
        var until = login.until();
        if (!server.time().now().isBefore(until)) {
            return new Status(State.MUST_LOG_IN, until, "");
        }
        var why = away;
        return new Status(why.isEmpty() ? State.LOGGED_IN : State.UNREACHABLE, until, why);
    }

    /// What the server wants as proof that this device's key is in hardware, as
    /// [PinnedServer#wantsProof].
    public Set<ProofKind> wantsProof() {
        return server.wantsProof();
    }

    /// Shows that this device's key is in hardware; from then on its approvals count as such. To be
    /// done after enrolment, and again when the server takes back whom it trusted.
    ///
    /// @throws Refused `HARDWARE_NOT_PROVED`, with why; the device is enrolled all the same
    public void prove(HardwareEvidence evidence) throws Refused {
        new Proving(this).prove(evidence);
    }

    /// The server's time, by which consents end.
    public Instant now() {
        return server.time().now();
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
            giveUpOrWait(tries, refusal, wait);
        }
    }

    private interface Step<T> {
        T take() throws Transport.LostException, Refused;
    }

    private <T> T patiently(Step<T> step) throws Refused {
        for (int tries = 1; ; tries++) {
            try {
                return step.take();
            } catch (Transport.LostException e) {
                giveUpOrWait(tries, e.refusal(), 0);
            }
        }
    }

    private void giveUpOrWait(int tries, Refused refusal, long wait) throws Refused {
        if (tries >= patience.tries()) {
            throw refusal;
        }
        patience.await(tries, wait);
    }

    private Answer callOnce(String method, Json body) throws Transport.LostException, Refused {
        var uri = server.method(method);
        var renewed = false;
        while (true) {
            var access = login.token();
            var answer =
                    post(
                            method,
                            uri,
                            "application/json",
                            new Sent(access.text(), body.write(), access.binding()));
            if (answer.reply().status() == 401 && !renewed) {
                // The server forgot the token, for instance by starting anew.
                renewed = true;
                login.forget(access);
                continue;
            }
            return answer;
        }
    }

    /// A body and the access token that goes with it; empty for none.
    ///
    /// @param binding that both were made for
    private record Sent(String bearer, Bytes body, Binding binding) {
        @Override
        public String toString() {
            return "Sent";
        }
    }

    /// Posts; with a DPoP proof once more with the server's nonce when it asks for one (RFC 9449
    /// §8, §9).
    private Answer post(String what, URI uri, String type, Sent sent)
            throws Transport.LostException, Refused {
        var asked = nonce;
        var answer = Answer.of(what, send(uri, type, sent, asked));
        if (wantsNonce(answer) && !nonce.equals(asked)) {
            return Answer.of(what, send(uri, type, sent, nonce));
        }
        return answer;
    }

    private Reply send(URI uri, String type, Sent sent, String nonceNow)
            throws Transport.LostException, Refused {
        var request = HttpRequest.newBuilder(uri).header("Content-Type", type);
        if (sent.binding == Binding.DPOP) {
            request.header("DPoP", key.proof(uri, sent.bearer, nonceNow, server.time().now()));
        }
        if (!sent.bearer.isEmpty()) {
            request.header("Authorization", sent.binding.scheme() + " " + sent.bearer);
        }
        var reply = reached(request, sent);
        if (!reply.nonce().isEmpty()) {
            nonce = reply.nonce();
        }
        return reply;
    }

    private Reply reached(HttpRequest.Builder request, Sent sent)
            throws Transport.LostException, Refused {
        try {
            var reply = server.post(request, sent.body, sent.binding);
            away = "";
            return reply;
        } catch (Transport.LostException e) {
            away = e.refusal().detail();
            throw e;
        }
    }

    /// The headers with which another program may make one call of a CSC method for a minute or
    /// more: the token and a proof that holds for this method alone. Whoever reads them can make
    /// that call. Refused where TLS binds the tokens: no other program has the connection.
    public Map<String, String> headers(String method) throws Refused {
        try {
            var uri = server.method(method);
            var access = login.token();
            if (access.binding() == Binding.TLS) {
                throw new Refused(
                        FailureKind.PROTOCOL_BROKEN,
                        "The server takes calls over a connection of this device's key alone.");
            }
            return Map.of(
                    "Authorization",
                    access.binding().scheme() + " " + access.text(),
                    "DPoP",
                    key.proof(uri, access.text(), nonce, server.time().now()));
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

    @Override
    public void close() {
        server.close();
    }
}
