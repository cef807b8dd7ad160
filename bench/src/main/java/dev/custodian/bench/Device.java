package dev.custodian.bench;

import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.Shares;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// An enrolled device that approves many digests at once, and builds requests for them.
final class Device {
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

    private final SecureRandom random = new SecureRandom();
    private final Path keys;
    private final Memory memory;
    private final DeviceSigner signer;
    private final Map<KeyAlgorithm, Id> credentials;
    private final SSLContext tls;
    private final HttpClient http;

    Device(Estate.Enrolled enrolled, X509Certificate server) throws Exception {
        this.keys = enrolled.folder();
        this.memory = enrolled.memory();
        this.signer = enrolled.signer();
        this.credentials = Map.copyOf(enrolled.credentials());
        this.tls = trusting(server);
        this.http = HttpClient.newBuilder().sslContext(tls).build();
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

    SSLContext tls() {
        return tls;
    }

    URI server() {
        return memory.now().server();
    }

    /// Requests that sign, once each, digests that are approved here and now. To be used within the
    /// five minutes that an authorization lives.
    ///
    /// @param proof whether token and proof are sent; a proof may be sent again and again, and is
    ///   checked each time
    List<byte[]> requests(KeyAlgorithm algorithm, boolean proof, int calls, int digestsPerCall)
            throws Exception {
        try (var session = DeviceSession.open(memory, signer, Clock.systemUTC(), random)) {
            var headers =
                    proof
                            ? session.headers(MeasuredServer.SIGN_HASH)
                            : Map.of(
                                    MeasuredServer.CALLER,
                                    memory.now().owner() + " " + memory.now().device());
            int callsPerApproval = Matter.MOST / digestsPerCall;
            var requests = new ArrayList<byte[]>(calls);
            while (requests.size() < calls) {
                int now = Math.min(callsPerApproval, calls - requests.size());
                var digests =
                        Stream.generate(() -> random(32))
                                .limit((long) now * digestsPerCall)
                                .toList();
                var sad = authorize(session, algorithm, digests);
                for (int i = 0; i < now; i++) {
                    var asked = digests.subList(i * digestsPerCall, (i + 1) * digestsPerCall);
                    requests.add(octets(headers, body(algorithm, sad, asked)));
                }
            }
            return requests;
        }
    }

    private Json body(KeyAlgorithm algorithm, String sad, List<Bytes> digests) {
        return Json.object()
                .put("credentialID", credential(algorithm).text())
                .put("SAD", sad)
                .put("hashes", base64(digests))
                .put("hashAlgorithmOID", HashAlgorithm.SHA256.oid())
                .put(
                        "signAlgo",
                        Scheme.plain(algorithm.family(), HashAlgorithm.SHA256).combinedOid())
                .build();
    }

    private Id credential(KeyAlgorithm algorithm) {
        var id = credentials.get(algorithm);
        if (id == null) {
            throw new IllegalArgumentException("no credential of " + algorithm);
        }
        return id;
    }

    /// A request as it goes over the wire.
    private byte[] octets(Map<String, String> headers, Json body) {
        var content = body.write();
        var head =
                new StringBuilder("POST " + path(MeasuredServer.SIGN_HASH) + " HTTP/1.1\r\n")
                        .append("Host: " + server().getAuthority() + "\r\n")
                        .append("Content-Type: application/json\r\n")
                        .append("Content-Length: " + content.size() + "\r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        return Bytes.concat(Bytes.utf8(head + "\r\n"), content).toArray();
    }

    private static String path(String method) {
        return "/csc/v2/" + method;
    }

    private String authorize(DeviceSession session, KeyAlgorithm algorithm, List<Bytes> digests)
            throws Exception {
        var challenge =
                call(
                        session,
                        "credentials/getChallenge",
                        Json.object()
                                .put("credentialID", credential(algorithm).text())
                                .put("authObjectID", "DEVICE")
                                .build());
        var nonce = challenge.text("challenge");
        var statement = challenge.object("custodian").text("identity").split("\\.", 3)[1];
        var identity = IdentityStatement.decode(Bytes.fromBase64Url(statement));
        var intent = intent(algorithm, nonce, identity, digests);
        var key = identity.activation();
        try (var factors =
                new Factors(
                        Secret.owning(Estate.PIN.getBytes(StandardCharsets.UTF_8)),
                        Shares.in(keys, random).load(Estate.DEVICE),
                        Secret.owning(random(32).toArray()))) {
            var sealed = Sealed.seal(key.id(), key.key(), Hashes.sha256(intent), factors, random);
            return call(
                            session,
                            "credentials/authorize",
                            Json.object()
                                    .put("credentialID", credential(algorithm).text())
                                    .put("numSignatures", digests.size())
                                    .put("hashes", base64(digests))
                                    .put("hashAlgorithmOID", HashAlgorithm.SHA256.oid())
                                    .put(
                                            "authData",
                                            Json.Arr.of(
                                                    datum("DEVICE", evidence(intent)),
                                                    datum("SEALED", sealed.encode().base64Url())))
                                    .build())
                    .text("SAD");
        }
    }

    private Bytes intent(
            KeyAlgorithm algorithm, String nonce, IdentityStatement identity, List<Bytes> digests)
            throws Exception {
        var known = memory.now();
        return new Intent(
                        known.thumbprint(),
                        new Approver.OnDevice(known.owner(), known.device()),
                        Bytes.fromBase64Url(nonce),
                        identity.time(),
                        identity.time().plus(Intent.LONGEST),
                        List.of(),
                        new Matter.Sign(
                                credential(algorithm),
                                Purpose.DOCUMENT,
                                HashAlgorithm.SHA256.oid(),
                                digests.stream().map(one -> new Matter.Digest(one, "")).toList()))
                .encode();
    }

    private String evidence(Bytes intent) throws Refused {
        var header =
                Json.object()
                        .put("typ", Intent.TYPE)
                        .put("alg", "ES256")
                        .put("kid", memory.now().device().text())
                        .build()
                        .write();
        var input = header.base64Url() + "." + intent.base64Url();
        return input + "." + signer.sign(Bytes.utf8(input)).base64Url();
    }

    private static Json datum(String id, String value) {
        return Json.object().put("id", id).put("value", value).build();
    }

    private Members call(DeviceSession session, String method, Json body) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(server() + path(method)))
                        .header("Content-Type", "application/json");
        session.headers(method).forEach(request::header);
        var response =
                http.send(
                        request.POST(BodyPublishers.ofByteArray(body.write().toArray())).build(),
                        BodyHandlers.ofByteArray());
        var said = Bytes.of(response.body());
        if (response.statusCode() != 200) {
            throw new IOException(method + ": " + response.statusCode() + " " + said.utf8());
        }
        return Json.members(Json.parse(said, 8 << 20), method);
    }

    private Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private static Json base64(List<Bytes> values) {
        return Json.array(values, value -> new Json.Str(value.base64()));
    }
}
