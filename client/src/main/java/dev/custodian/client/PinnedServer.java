package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.IdentityStatement;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A server that is known by the thumbprint of its identity key and by nothing else (FORMATS §3).
///
/// The identity vouches for TLS keys, activation and journal key for a time. Before that has run
/// out, and when another TLS key answers, it is asked again, over a connection on which nothing
/// secret was sent, and nothing of this machine shown.
public final class PinnedServer implements AutoCloseable {
    private static final String CSC = "/csc/v2";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final URI root;
    private final IdentityCheck check;
    private final Duration limit;
    private final ServerClock time;
    private final Greeting first;
    private volatile Vouched vouched;
    private volatile @Nullable ShownKey shown;
    private volatile Set<ProofKind> wanted;

    private record Vouched(IdentityStatement statement, Line line) {}

    /// The connections to the keys that a statement vouches for, from the first on that is needed.
    private final class Line implements AutoCloseable {
        private final IdentityStatement statement;
        private final Binding binding;
        private @Nullable Transport transport;
        private boolean closed;

        Line(IdentityStatement statement, Binding binding) {
            this.statement = statement;
            this.binding = binding;
        }

        boolean isFor(IdentityStatement next, Binding nextBinding) {
            return statement.tls().equals(next.tls()) && binding == nextBinding;
        }

        synchronized Transport transport() throws Transport.LostException, Refused {
            if (closed) {
                throw new Transport.LostException("The connection was given up.");
            }
            if (transport == null) {
                var key = binding == Binding.TLS ? shown : null;
                transport =
                        key == null
                                ? new Transport(statement.tls()::contains, limit)
                                : new Transport(statement.tls()::contains, limit, key);
            }
            return transport;
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (transport != null) {
                transport.close();
            }
        }
    }

    /// What the first contact brought.
    ///
    /// @param nonce for an `enrol` intent
    /// @param recovery for a `change` intent of somebody who is not enrolled; empty when the server
    ///   gives none
    /// @param proof what it takes as proof that a device key is in hardware
    /// @param binding said by the connection that the identity vouches for
    private record Greeting(
            IdentityStatement statement,
            Bytes nonce,
            Bytes recovery,
            Set<ProofKind> proof,
            Binding binding) {}

    private PinnedServer(URI root, IdentityCheck check, Duration limit) throws Refused {
        this.root = root;
        this.check = check;
        this.limit = limit;
        this.time = new ServerClock(check.clock());
        var greeting = firstGreeting();
        this.first = greeting;
        this.wanted = greeting.proof;
        this.vouched =
                new Vouched(greeting.statement, new Line(greeting.statement, greeting.binding));
    }

    /// Meets the server at `root` and refuses any other identity than the one with this thumbprint.
    ///
    /// @param root `https://host[:port]`
    /// @param clock this machine's
    public static PinnedServer meet(URI root, Bytes thumbprint, Clock clock) throws Refused {
        return meet(root, thumbprint, clock, LIMIT);
    }

    static PinnedServer meet(URI root, Bytes thumbprint, Clock clock, Duration limit)
            throws Refused {
        return new PinnedServer(root, new IdentityCheck(thumbprint, clock), limit);
    }

    public Bytes thumbprint() {
        return check.thumbprint();
    }

    /// The last statement that the identity vouched for.
    public IdentityStatement identity() {
        return vouched.statement;
    }

    public URI root() {
        return root;
    }

    private Greeting firstGreeting() throws Refused {
        try {
            return greet();
        } catch (Transport.LostException e) {
            throw e.refusal();
        }
    }

    /// Asks the server who it is; the answer counts only when the identity vouches for the very
    /// connection that carried it.
    private Greeting greet() throws Transport.LostException, Refused {
        try (var stranger = new Transport(_ -> true, limit)) {
            var uri = URI.create(root + "/identity");
            var reply = stranger.send(HttpRequest.newBuilder(uri).GET().build());
            var body = Answer.of("/identity", reply).orRefused();
            var statement = check.check(body.text("identity"), FailureKind.IDENTITY_CHANGED);
            if (!statement.tls().contains(reply.tlsKey())) {
                throw new Refused(
                        FailureKind.TLS_NOT_VOUCHED,
                        "The server's certificate is not among those that its identity names.");
            }
            requireBase(statement);
            time.set(statement.time());
            return new Greeting(
                    statement,
                    body.bytes("nonce"),
                    body.has("recovery") ? body.bytes("recovery") : Bytes.EMPTY,
                    proof(body),
                    Binding.of(body.textOrEmpty("binding")));
        } catch (Transport.StrangerException e) {
            throw new IllegalStateException("at first contact every certificate is looked at", e);
        }
    }

    /// What this version does not know it cannot give.
    private static Set<ProofKind> proof(Part body) throws Refused {
        var wanted = EnumSet.noneOf(ProofKind.class);
        if (body.has("proof")) {
            for (var text : body.texts("proof")) {
                for (var kind : ProofKind.values()) {
                    if (kind.text().equals(text)) {
                        wanted.add(kind);
                    }
                }
            }
        }
        return Collections.unmodifiableSet(wanted);
    }

    /// What the server wants as proof that a device key is in hardware, as it said last; empty when
    /// it wants none, and then takes none. Such proof shows it a certificate that tells this
    /// machine or card from all others, of which it keeps a keyed hash.
    public Set<ProofKind> wantsProof() {
        return wanted;
    }

    /// Asks again who it is, and so what time it has.
    void meetAgain() throws Transport.LostException, Refused {
        adopt(greet());
    }

    /// What the server binds tokens to, as it said last.
    Binding binding() {
        return vouched.line.binding;
    }

    /// From now on shows this key where the server binds tokens by TLS: on connections that the
    /// identity vouches for, and on no other.
    void show(ShownKey key) {
        shown = key;
    }

    /// The nonce for an `enrol` intent that the first contact brought.
    Bytes enrolmentNonce() {
        return first.nonce;
    }

    /// The nonce for a recovery that the first contact brought.
    Bytes recoveryNonce() throws Refused {
        if (first.recovery.size() == 0) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The server knows no recovery.");
        }
        return first.recovery;
    }

    /// Believes a statement that came with a challenge.
    IdentityStatement believe(String jws, FailureKind otherwise) throws Refused {
        var statement = check.check(jws, otherwise);
        requireBase(statement);
        time.set(statement.time());
        adopt(statement, binding());
        return statement;
    }

    /// Connections to keys that are no longer vouched for end here.
    private synchronized void adopt(IdentityStatement statement, Binding binding) {
        var before = vouched.line;
        if (before.isFor(statement, binding)) {
            vouched = new Vouched(statement, before);
        } else {
            vouched = new Vouched(statement, new Line(statement, binding));
            before.close();
        }
    }

    private void adopt(Greeting greeting) {
        wanted = greeting.proof;
        adopt(greeting.statement, greeting.binding);
    }

    private static void requireBase(IdentityStatement statement) throws Refused {
        if (!statement.base().matches("https://[^/?#@]+" + CSC)) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The identity names a base URL that cannot be one.");
        }
    }

    /// The address of a route beside the CSC API, such as `/enrol`.
    URI route(String path) {
        var base = identity().base();
        return URI.create(base.substring(0, base.length() - CSC.length()) + path);
    }

    /// The address of a CSC method, such as `credentials/list`.
    URI method(String name) {
        return URI.create(identity().base() + "/" + name);
    }

    ServerClock time() {
        return time;
    }

    private interface Way {
        Transport transport() throws Transport.LostException, Refused;
    }

    /// Posts to this server and to no other.
    Reply post(HttpRequest.Builder request, Bytes body) throws Transport.LostException, Refused {
        return post(request, body, () -> vouched.line.transport());
    }

    /// The same for what was made for one binding, which is sent under no other that the server has
    /// told of.
    Reply post(HttpRequest.Builder request, Bytes body, Binding binding)
            throws Transport.LostException, Refused {
        var reply = post(request, body, () -> line(binding).transport());
        if (binding == Binding.TLS && !reply.shown()) {
            adopt(greet());
            line(binding);
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server binds logins to the device key by TLS and did not ask for it. Tell"
                            + " the operator: nothing may end TLS before the server.");
        }
        return reply;
    }

    private Line line(Binding binding) throws Transport.LostException {
        var line = vouched.line;
        if (line.binding != binding) {
            throw new Transport.LostException("The server binds its tokens otherwise now.");
        }
        return line;
    }

    private Reply post(HttpRequest.Builder request, Bytes body, Way way)
            throws Transport.LostException, Refused {
        if (!check.isFresh(identity())) {
            adopt(greet());
        }
        var post = request.POST(BodyPublishers.ofByteArray(body.toArray())).build();
        try {
            return way.transport().send(post);
        } catch (Transport.StrangerException e) {
            // A renewed certificate, or an impostor: only the identity can tell.
            adopt(greet());
        }
        try {
            return way.transport().send(post);
        } catch (Transport.StrangerException e) {
            throw new Refused(
                    FailureKind.TLS_NOT_VOUCHED,
                    "Another certificate answers than the one that the identity just named.");
        }
    }

    @Override
    public void close() {
        vouched.line.close();
    }
}
