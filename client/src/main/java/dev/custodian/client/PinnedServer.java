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

/// A server that is known by the thumbprint of its identity key and by nothing else (FORMATS §3).
///
/// The identity vouches for TLS keys, activation and journal key for a time. Before that has run
/// out, and when another TLS key answers, it is asked again, over a connection on which nothing
/// secret was sent.
public final class PinnedServer implements AutoCloseable {
    private static final String CSC = "/csc/v2";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final URI root;
    private final IdentityCheck check;
    private final Duration limit;
    private final ServerClock time;
    private final Greeting first;
    private volatile Vouched vouched;

    private record Vouched(IdentityStatement statement, Transport transport) {}

    /// What the first contact brought.
    ///
    /// @param nonce for an `enrol` intent
    /// @param recovery for a `change` intent of somebody who is not enrolled; empty when the server
    ///   gives none
    /// @param proof what it takes as proof that a device key is in hardware
    private record Greeting(
            IdentityStatement statement, Bytes nonce, Bytes recovery, Set<ProofKind> proof) {}

    private PinnedServer(URI root, IdentityCheck check, Duration limit) throws Refused {
        this.root = root;
        this.check = check;
        this.limit = limit;
        this.time = new ServerClock(check.clock());
        var greeting = firstGreeting();
        this.first = greeting;
        this.vouched = new Vouched(greeting.statement, transport(greeting.statement));
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
                    proof(body));
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

    /// What the server wants as proof that a device key is in hardware; empty when it wants none,
    /// and then takes none. Such proof shows it a certificate that tells this machine or card from
    /// all others, of which it keeps a keyed hash.
    public Set<ProofKind> wantsProof() {
        return first.proof;
    }

    /// Asks again who it is, and so what time it has.
    void meetAgain() throws Transport.LostException, Refused {
        adopt(greet().statement);
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
        adopt(statement);
        return statement;
    }

    /// Connections to keys that are no longer vouched for end here.
    private synchronized void adopt(IdentityStatement statement) {
        var before = vouched;
        if (before.statement.tls().equals(statement.tls())) {
            vouched = new Vouched(statement, before.transport);
        } else {
            vouched = new Vouched(statement, transport(statement));
            before.transport.close();
        }
    }

    private Transport transport(IdentityStatement statement) {
        return new Transport(statement.tls()::contains, limit);
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

    /// Posts to this server and to no other.
    Reply post(HttpRequest.Builder request, Bytes body) throws Transport.LostException, Refused {
        if (!check.isFresh(identity())) {
            adopt(greet().statement);
        }
        var post = request.POST(BodyPublishers.ofByteArray(body.toArray())).build();
        try {
            return vouched.transport.send(post);
        } catch (Transport.StrangerException e) {
            // A renewed certificate, or an impostor: only the identity can tell.
            adopt(greet().statement);
        }
        try {
            return vouched.transport.send(post);
        } catch (Transport.StrangerException e) {
            throw new Refused(
                    FailureKind.TLS_NOT_VOUCHED,
                    "Another certificate answers than the one that the identity just named.");
        }
    }

    @Override
    public void close() {
        vouched.transport.close();
    }
}
