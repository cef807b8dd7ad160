package dev.custodian.it.crash;

import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.Shares;
import dev.custodian.device.UnsealedKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// An enrolled device that asks one thing at a time, as often as it is told to. It logs in with the
/// real client, and builds its requests itself: the real one never asks twice for what it got.
final class Agent {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String JSON = "application/json";

    /// A device key in a file.
    record FileSigner(DeviceKey key) implements DeviceSigner {
        @Override
        public ECPublicKey publicKey() {
            return (ECPublicKey) key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            try {
                return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message));
            } catch (DeviceException e) {
                throw e.refused();
            }
        }
    }

    /// An answer of the server.
    record Answer(int status, Members body) {
        /// The id of what went wrong; empty for a success.
        String failure() throws MalformedException {
            if (status == 200) {
                return "";
            }
            return body.has("custodian")
                    ? body.object("custodian").text("failure")
                    : body.text("error");
        }
    }

    /// No whole answer came.
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1L;

        LostException(Throwable cause) {
            super(cause);
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final Path folder;
    private final Memory memory;
    private final DeviceSigner signer;
    private final Id credential;
    private final KeyAlgorithm algorithm;
    private final SSLContext tls;
    private final HttpClient http;
    private @Nullable DeviceSession session;

    Agent(Path folder, Id credential, KeyAlgorithm algorithm, X509Certificate server)
            throws Exception {
        this.folder = folder;
        this.credential = credential;
        this.algorithm = algorithm;
        this.memory = Memory.load(folder.resolve("memory"));
        this.signer = new FileSigner(UnsealedKeys.in(keys()).load(Estate.DEVICE));
        this.tls = trusting(server);
        this.http =
                HttpClient.newBuilder()
                        .sslContext(tls)
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(LIMIT)
                        .build();
    }

    private static SSLContext trusting(X509Certificate server) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", server);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private Path keys() {
        return folder.resolve("keys");
    }

    Id credential() {
        return credential;
    }

    SSLContext tls() {
        return tls;
    }

    Memory memory() {
        return memory;
    }

    /// A session of the real client; throws when the server cannot be met.
    synchronized DeviceSession session() throws Refused {
        var now = session;
        if (now == null) {
            now = DeviceSession.open(memory, signer, Clock.systemUTC(), random);
            session = now;
        }
        return now;
    }

    synchronized void logOut() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    /// Whether somebody listens where the server was.
    boolean isHeard() {
        var server = memory.now().server();
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    Secret share() throws Refused {
        return Shares.in(keys(), random).load(Estate.DEVICE);
    }

    SignatureScheme scheme() {
        return algorithm.family() == KeyAlgorithm.Family.EC
                ? SignatureScheme.of(Scheme.ECDSA_SHA256)
                : SignatureScheme.of(Scheme.RSA_PSS_SHA256);
    }

    /// Calls once; with a new session when the old one is not known.
    Answer call(String method, Json body) throws Exception {
        var answer = send(method, body);
        if (answer.status == 401 || answer.failure().equals("use_dpop_nonce")) {
            logOut();
            answer = send(method, body);
        }
        return answer;
    }

    private Answer send(String method, Json body) throws Exception {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create(memory.now().server() + path(method)))
                            .timeout(LIMIT)
                            .header("Content-Type", JSON);
            session().headers(method).forEach(request::header);
            var response =
                    http.send(
                            request.POST(BodyPublishers.ofByteArray(body.write().toArray()))
                                    .build(),
                            BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(),
                    Json.members(Json.parse(Bytes.of(response.body()), 8 << 20), method));
        } catch (IOException e) {
            throw new LostException(e);
        } catch (Refused e) {
            // the real client could not log in
            throw new LostException(e);
        }
    }

    private static String path(String method) {
        return "/csc/v2/" + method;
    }

    /// A request as it goes over the wire, for one who cuts wires.
    byte[] octets(String method, Json body) throws Exception {
        var content = body.write().toArray();
        var server = memory.now().server();
        var head =
                new StringBuilder("POST " + path(method) + " HTTP/1.1\r\n")
                        .append("Host: " + server.getAuthority() + "\r\n")
                        .append("Connection: close\r\nContent-Type: " + JSON + "\r\n")
                        .append("Content-Length: " + content.length + "\r\n");
        session()
                .headers(method)
                .forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        return Bytes.concat(Bytes.utf8(head + "\r\n"), Bytes.of(content)).toArray();
    }

    private Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    /// The statement that came with a new challenge, and the challenge.
    private record Challenge(Bytes nonce, IdentityStatement identity) {}

    private Challenge challenge() throws Exception {
        var answer =
                call(
                        "credentials/getChallenge",
                        Json.object()
                                .put("credentialID", credential.text())
                                .put("authObjectID", "DEVICE")
                                .build());
        if (answer.status != 200) {
            throw new LostException(new IOException(answer.failure()));
        }
        var nonce = answer.body.text("challenge").replace('+', '-').replace('/', '_');
        var jws = answer.body.object("custodian").text("identity").split("\\.", 3);
        return new Challenge(
                Bytes.fromBase64Url(nonce.replace("=", "")),
                IdentityStatement.decode(Bytes.fromBase64Url(jws[1])));
    }

    /// Approves digests; the server does not know of it yet.
    Approval approve(int digests) throws Exception {
        var challenge = challenge();
        var values = Stream.generate(() -> random(32)).limit(digests).toList();
        var now = challenge.identity.time();
        var known = memory.now();
        var intent =
                new Intent(
                                known.thumbprint(),
                                new Approver.OnDevice(known.owner(), known.device()),
                                challenge.nonce,
                                now,
                                now.plus(Intent.LONGEST),
                                List.of(new Shown("document", "crash", Shown.Source.COMPUTED)),
                                new Matter.Sign(
                                        credential,
                                        Purpose.DOCUMENT,
                                        HashAlgorithm.SHA256.oid(),
                                        values.stream()
                                                .map(value -> new Matter.Digest(value, ""))
                                                .toList()))
                        .encode();
        var header =
                Json.object()
                        .put("typ", Intent.TYPE)
                        .put("alg", "ES256")
                        .put("kid", known.device().text())
                        .build()
                        .write();
        var input = header.base64Url() + "." + intent.base64Url();
        var evidence = input + "." + signer.sign(Bytes.utf8(input)).base64Url();
        var r = random(32);
        var intentHash = Hashes.sha256(intent);
        try (var secret = Secret.owning(r.toArray())) {
            return new Approval(
                    intentHash,
                    evidence,
                    r,
                    Sad.derive(secret, intentHash),
                    values,
                    Clock.systemUTC().instant().plusSeconds(120));
        }
    }

    /// Asks for the authorization; the same evidence and factors each time, sealed anew.
    Answer authorize(Approval approval) throws Exception {
        var key = challenge().identity.activation();
        var pin = new String(Estate.PIN).getBytes(StandardCharsets.UTF_8);
        try (var factors =
                new Factors(Secret.owning(pin), share(), Secret.owning(approval.r.toArray()))) {
            var sealed =
                    Sealed.seal(key.id(), key.key(), approval.intentHash, factors, random).encode();
            return call(
                    "credentials/authorize",
                    Json.object()
                            .put("credentialID", credential.text())
                            .put("numSignatures", approval.digests.size())
                            .put("hashes", base64(approval.digests))
                            .put("hashAlgorithmOID", HashAlgorithm.SHA256.oid())
                            .put(
                                    "authData",
                                    Json.Arr.of(
                                            Json.object()
                                                    .put("id", "DEVICE")
                                                    .put("value", approval.evidence)
                                                    .build(),
                                            Json.object()
                                                    .put("id", "SEALED")
                                                    .put("value", sealed)
                                                    .build()))
                            .build());
        }
    }

    Answer sign(Approval approval, List<Bytes> digests) throws Exception {
        return call("signatures/signHash", signing(approval, digests));
    }

    /// The body of `signatures/signHash`.
    Json signing(Approval approval, List<Bytes> digests) throws Exception {
        var scheme = scheme();
        var body =
                Json.object()
                        .put("credentialID", credential.text())
                        .put("SAD", approval.sad.expose())
                        .put("hashes", base64(digests))
                        .put("hashAlgorithmOID", HashAlgorithm.SHA256.oid())
                        .put("signAlgo", scheme.scheme().combinedOid());
        if (scheme.scheme().isPss()) {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(
                    new PSSParameterSpec(
                            "SHA-256",
                            "MGF1",
                            MGF1ParameterSpec.SHA256,
                            scheme.saltLength(),
                            PSSParameterSpec.TRAILER_FIELD_BC));
            body.put("signAlgoParams", Bytes.of(parameters.getEncoded()).base64());
        }
        return body.build();
    }

    /// The signatures of an answer, in the order of the digests.
    static List<Bytes> signatures(Answer answer) throws MalformedException {
        return answer.body.items("signatures").stream()
                .map(item -> Bytes.of(Base64.getDecoder().decode(((Json.Str) item).text())))
                .toList();
    }

    private static Json base64(List<Bytes> values) {
        return Json.array(values, value -> new Json.Str(value.base64()));
    }
}
