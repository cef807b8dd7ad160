package dev.custodian.client;

import com.nimbusds.jose.JWSObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.hpke.X25519;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A small server that keeps to the protocol, until a test makes it lie: it holds the keys and the
/// wire, [FakeSigner] what is behind them.
final class FakeServer implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();

    final EphemeralKey identity = new EphemeralKey(new SecureRandom());
    final FakeSigner behind = new FakeSigner(this);
    final SecureRandom random = new SecureRandom();

    /// What a test does to the honest answers, by path.
    final Map<String, UnaryOperator<ObjectNode>> lies = new HashMap<>();

    /// What a test does instead of answering: status codes, 0 for a connection that is cut after
    /// the work was done.
    final Map<String, List<Integer>> mishaps = new HashMap<>();

    /// Paths in the order in which they were asked for.
    final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    final ConcurrentLinkedQueue<Bytes> bodies = new ConcurrentLinkedQueue<>();

    /// H(SPKI) of each certificate that a client showed in a handshake, whatever came of it.
    final ConcurrentLinkedQueue<Bytes> shown = new ConcurrentLinkedQueue<>();

    /// What it says that it binds tokens to; nothing, like a server from before it did.
    volatile String binding = "";

    /// What it really does.
    volatile Binding bound = Binding.DPOP;

    /// Whether it asks clients for a certificate.
    volatile boolean asks;

    /// The only version of TLS that it speaks.
    volatile String version = "TLSv1.3";

    /// Whether each connection is for one request.
    volatile boolean hangsUp;

    /// The key that it has to the certificate that it shows; empty for the right one.
    volatile String otherKey = "";

    volatile Clock clock = Clock.systemUTC();
    volatile String tlsAlias = "tls";
    volatile List<String> vouchedFor = List.of("tls");
    volatile EphemeralKey statementSigner = identity;
    volatile EphemeralKey statedIdentity = identity;
    volatile long lifetime = 3600;

    /// A statement from earlier that is told again; empty when the server tells the present one.
    volatile String replayed = "";

    volatile PrivateKey activationKey;
    volatile Bytes activationId;

    private final HttpsServer http;

    FakeServer() throws Exception {
        newActivationKey();
        http = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var tls = SSLContext.getInstance("TLS");
        tls.init(
                new KeyManager[] {new OneKey()},
                new TrustManager[] {new AnyClient(shown::add)},
                null);
        http.setHttpsConfigurator(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters params) {
                        var wanted = getSSLContext().getDefaultSSLParameters();
                        wanted.setWantClientAuth(asks);
                        wanted.setProtocols(new String[] {version});
                        params.setSSLParameters(wanted);
                    }
                });
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::handle);
        http.start();
    }

    void newActivationKey() throws Exception {
        activationKey = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPrivate();
        activationId = random(8);
    }

    Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    URI root() {
        return URI.create("https://127.0.0.1:" + http.getAddress().getPort());
    }

    Bytes thumbprint() {
        return Hashes.sha256(Bytes.of(identity.publicKey().getEncoded()));
    }

    Invitation invitation() {
        return new Invitation(root(), behind.code, thumbprint());
    }

    Json statementAndNonce() throws Exception {
        var said =
                Json.object()
                        .put("identity", statement())
                        .put("nonce", behind.nonce)
                        .put("recovery", behind.nonce);
        if (!binding.isEmpty()) {
            said.put("binding", binding);
        }
        return said.build();
    }

    /// Binds by TLS or by proofs from now on, and says so.
    void bind(Binding to) {
        bound = to;
        binding = to.word();
        asks = to == Binding.TLS;
    }

    /// H(SPKI) of the certificate of this very connection; empty where there was none.
    private static Bytes clientKey(HttpExchange exchange) {
        try {
            var session = ((HttpsExchange) exchange).getSSLSession();
            return VouchedTrust.keyHash(session.getPeerCertificates()[0].getPublicKey());
        } catch (SSLPeerUnverifiedException e) {
            return Bytes.EMPTY;
        }
    }

    String statement() throws Exception {
        if (!replayed.isEmpty()) {
            return replayed;
        }
        var now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        var tls = new ArrayList<Bytes>();
        for (var alias : vouchedFor) {
            tls.add(VouchedTrust.keyHash(TestKeys.KEYS.certificate(alias).getPublicKey()));
        }
        var statement =
                new IdentityStatement(
                        Bytes.of(statedIdentity.publicKey().getEncoded()),
                        tls,
                        new IdentityStatement.ActivationKey(
                                activationId, X25519.publicOf(activationKey)),
                        behind.journal.key().text(),
                        root() + "/csc/v2",
                        now,
                        now.plusSeconds(lifetime));
        return Jws.sign(
                Jws.header(IdentityStatement.TYPE).build(), statement.encode(), statementSigner);
    }

    private void handle(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().toString();
        var body = Bytes.of(exchange.getRequestBody().readAllBytes());
        asked.add(path);
        bodies.add(body);
        try {
            var mishap = mishaps.getOrDefault(path, List.of());
            int status = mishap.isEmpty() ? -1 : mishap.getFirst();
            if (!mishap.isEmpty()) {
                mishaps.put(path, mishap.subList(1, mishap.size()));
            }
            if (status > 0) {
                send(exchange, status, "<html>a proxy's own page</html>");
                return;
            }
            var answer = honest(path, exchange, body);
            if (status == 0) {
                return;
            }
            var tree = (ObjectNode) JSON.readTree(answer.body().write().toArray());
            if (answer.status() == 200) {
                tree = lies.getOrDefault(path, UnaryOperator.identity()).apply(tree);
            }
            exchange.getResponseHeaders().set("DPoP-Nonce", behind.dpopNonce);
            if (hangsUp) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            send(exchange, answer.status(), JSON.writeValueAsString(tree));
        } catch (Exception e) {
            send(exchange, 500, "{\"error_description\":\"" + e.getMessage() + "\"}");
        } finally {
            exchange.close();
        }
    }

    private FakeSigner.Told honest(String path, HttpExchange exchange, Bytes body)
            throws Exception {
        var headers = exchange.getRequestHeaders();
        var uri = root() + path;
        return switch (path) {
            case "/identity" -> new FakeSigner.Told(200, statementAndNonce());
            case "/enrol" ->
                    json(body).has("owner")
                            ? behind.ownerBehind.join(json(body))
                            : behind.enrol(json(body));
            case "/recover" -> behind.ownerBehind.recover(json(body));
            case "/oauth2/revoke" -> behind.tokens.revoke(body.utf8());
            case "/oauth2/token" ->
                    switch (bound) {
                        case DPOP ->
                                behind.token(body.utf8(), proof(headers.getFirst("DPoP")), uri);
                        case TLS -> behind.token(body.utf8(), clientKey(exchange));
                    };
            default -> {
                var method = path.replace("/csc/v2/", "");
                var authorization = headers.getFirst("Authorization");
                yield switch (bound) {
                    case DPOP ->
                            behind.call(
                                    method,
                                    authorization,
                                    proof(headers.getFirst("DPoP")),
                                    uri,
                                    json(body));
                    case TLS -> behind.call(method, authorization, clientKey(exchange), json(body));
                };
            }
        };
    }

    static ObjectNode json(Bytes body) {
        return (ObjectNode) JSON.readTree(body.toArray());
    }

    private static @Nullable JWSObject proof(@Nullable String header) throws Exception {
        return header == null ? null : JWSObject.parse(header);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        var octets = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    Id id(Id.Kind kind) {
        return Id.of(kind, random(16));
    }

    static EphemeralKey newKey() {
        return new EphemeralKey(new SecureRandom());
    }

    @Override
    public void close() {
        http.stop(0);
    }

    /// Shows whatever certificate the test wants, at each new handshake.
    private final class OneKey extends X509ExtendedKeyManager {
        @Override
        public String chooseEngineServerAlias(
                String keyType, Principal[] issuers, SSLEngine engine) {
            return tlsAlias;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return tlsAlias;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {tlsAlias};
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {TestKeys.KEYS.certificate(alias)};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return TestKeys.KEYS.privateKey(otherKey.isEmpty() ? alias : otherKey);
        }
    }
}
