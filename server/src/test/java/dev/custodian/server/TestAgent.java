package dev.custodian.server;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A small agent that can be told to lie. It believes its server.
final class TestAgent {
    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    final SecureRandom random = new SecureRandom();
    final URI url;
    String pin = "274913";
    final Bytes share;
    final ECKey deviceKey;
    volatile ECKey dpop;
    private final Clock clock;
    private final SSLContext tls;
    private HttpClient http;
    private volatile String nonce = "";
    private volatile String token = "";
    volatile String refresh = "";
    @Nullable Id owner;
    @Nullable Id deviceId;
    private @Nullable IdentityStatement identity;

    TestAgent(URI url, Clock clock) throws Exception {
        this(url, clock, new ECKeyGenerator(Curve.P_256).generate(), null);
    }

    /// @param certificates what it shows of itself in TLS; null for nothing
    TestAgent(URI url, Clock clock, ECKey deviceKey, @Nullable KeyManager certificates)
            throws Exception {
        this.url = url;
        this.clock = clock;
        this.share = random(32);
        this.deviceKey = deviceKey;
        this.dpop = new ECKeyGenerator(Curve.P_256).generate();
        var tls = SSLContext.getInstance("TLS");
        tls.init(
                certificates == null ? null : new KeyManager[] {certificates},
                new TrustManager[] {new Credulous()},
                null);
        this.tls = tls;
        this.http = client();
    }

    private HttpClient client() {
        return HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
    }

    /// Goes on over a new connection, which may resume the TLS session of the old one.
    void reconnect() {
        http = client();
    }

    Id owner() {
        return Objects.requireNonNull(owner);
    }

    Id deviceId() {
        return Objects.requireNonNull(deviceId);
    }

    IdentityStatement identity() {
        return Objects.requireNonNull(identity);
    }

    String token() {
        return token;
    }

    Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    // pairing

    TestAnswer enrol(Invitation invitation) throws Exception {
        var answer = post("/enrol", enrolment(invitation));
        if (answer.status() == 200) {
            owner = Id.parse(Id.Kind.OWNER, answer.text("owner"));
            deviceId = Id.parse(Id.Kind.DEVICE, answer.text("device"));
        }
        return answer;
    }

    Map<String, Object> enrolment(Invitation invitation) throws Exception {
        var greeting = get("/identity");
        believe(greeting.text("identity"));
        var now = clock.instant();
        var intent =
                new Intent(
                                identity().thumbprint(),
                                new Approver.Newcomer(),
                                Bytes.fromBase64Url(greeting.text("nonce")),
                                now,
                                now.plusSeconds(120),
                                List.of(),
                                new Matter.Enrol(
                                        invitation.codeHash(),
                                        DeviceJwk.of((ECPublicKey) deviceKey.toPublicKey())))
                        .encode();
        var key = identity().activation();
        try (var factors =
                new Factors(
                        Secret.owning(pin.getBytes(StandardCharsets.UTF_8)),
                        Secret.owning(share.toArray()),
                        Secret.owning(random(32).toArray()))) {
            var sealed = Sealed.seal(key.id(), key.key(), Hashes.sha256(intent), factors, random);
            return Map.of(
                    "device", jws(Intent.TYPE, "", intent.toArray()),
                    "code", invitation.codeText(),
                    "sealed", sealed.encode().base64Url());
        }
    }

    void believe(String jws) throws Exception {
        identity = IdentityStatement.decode(Bytes.of(JWSObject.parse(jws).getPayload().toBytes()));
    }

    // approval

    /// An approval of these digests, right in every respect.
    Approval approval(Id credential, Bytes... digests) throws Exception {
        var answer =
                csc(
                        "credentials/getChallenge",
                        Map.of("credentialID", credential.text(), "authObjectID", "DEVICE"));
        believe(answer.custodian().path("identity").asString());
        return new Approval(
                this,
                credential,
                List.of(digests),
                Bytes.fromBase64Url(answer.text("challenge")),
                clock.instant());
    }

    /// Approves; returns the SAD.
    String authorize(Id credential, Bytes... digests) throws Exception {
        return csc("credentials/authorize", approval(credential, digests).body()).text("SAD");
    }

    /// The parameters of `signatures/signHash`.
    static Map<String, Object> signing(
            Id credential, String sad, String signAlgo, Bytes... digests) {
        var body = new HashMap<String, Object>();
        body.put("credentialID", credential.text());
        body.put("SAD", sad);
        body.put("hashes", List.of(digests).stream().map(Bytes::base64).toList());
        body.put("signAlgo", signAlgo);
        return body;
    }

    String jws(String type, String kid, byte[] payload) throws Exception {
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType(type));
        if (!kid.isEmpty()) {
            header.keyID(kid);
        }
        var jws = new JWSObject(header.build(), new Payload(payload));
        jws.sign(new ECDSASigner(deviceKey));
        return jws.serialize();
    }

    // session

    /// Calls a method of the CSC API as an agent does: logs in first, and again when it must.
    TestAnswer csc(String method, Map<String, ?> body) throws Exception {
        return csc(method, JsonMapper.shared().writeValueAsString(body));
    }

    TestAnswer csc(String method, String body) throws Exception {
        if (token.isEmpty()) {
            login();
        }
        var path = "/csc/v2/" + method;
        var answer = send(path, body, "DPoP " + token, proof(path, Map.of()));
        if (answer.status() == 401) {
            login();
            answer = send(path, body, "DPoP " + token, proof(path, Map.of()));
        }
        return answer;
    }

    void login() throws Exception {
        var answer = login(assertion(Map.of()), Map.of());
        if (answer.text("error").equals("use_dpop_nonce")) {
            answer = login(assertion(Map.of()), Map.of());
        }
        keep(answer);
    }

    private void keep(TestAnswer answer) {
        token = answer.text("access_token");
        refresh = answer.text("refresh_token");
    }

    /// Exchanges the refresh token that it has, and keeps what comes of it.
    TestAnswer refresh() throws Exception {
        var answer = refresh(refresh, assertion(Map.of()));
        if (answer.text("error").equals("use_dpop_nonce")) {
            answer = refresh(refresh, assertion(Map.of()));
        }
        if (answer.status() == 200) {
            keep(answer);
        }
        return answer;
    }

    TestAnswer refresh(String refreshToken, String assertion) throws Exception {
        return oauth(
                "/oauth2/token",
                Map.of(
                        "grant_type", "refresh_token",
                        "refresh_token", refreshToken,
                        "client_assertion_type", ASSERTION_TYPE,
                        "client_assertion", assertion));
    }

    /// Posts a form to an OAuth endpoint, with a proof.
    TestAnswer oauth(String path, Map<String, String> form) throws Exception {
        var text =
                form.entrySet().stream()
                        .map(
                                one ->
                                        one.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        return exchange(
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("DPoP", proof(path, Map.of("ath", "")))
                        .POST(BodyPublishers.ofString(text)));
    }

    /// Whether the API answers a token.
    boolean isGood(String accessToken) throws Exception {
        var path = "/csc/v2/credentials/list";
        var ath = Hashes.sha256(Bytes.utf8(accessToken)).base64Url();
        return send(path, "{}", "DPoP " + accessToken, proof(path, Map.of("ath", ath))).status()
                == 200;
    }

    /// Goes on as another process of the same device: with another key, and the refresh token.
    void restart() throws Exception {
        dpop = new ECKeyGenerator(Curve.P_256).generate();
    }

    /// Asks for a token.
    ///
    /// @param proofClaims claims of the proof that are to be other than right
    TestAnswer login(String assertion, Map<String, Object> proofClaims) throws Exception {
        var form =
                "grant_type="
                        + URLEncoder.encode(GRANT, StandardCharsets.UTF_8)
                        + "&assertion="
                        + assertion;
        var claims = new HashMap<String, Object>(proofClaims);
        claims.putIfAbsent("ath", "");
        var request =
                request("/oauth2/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("DPoP", proof("/oauth2/token", claims))
                        .POST(BodyPublishers.ofString(form));
        return exchange(request);
    }

    /// An assertion of the device.
    ///
    /// @param other claims that are to be other than right
    String assertion(Map<String, Object> other) throws Exception {
        var now = clock.instant().getEpochSecond();
        var claims = new HashMap<String, Object>();
        claims.put("iss", deviceId().text());
        claims.put("sub", deviceId().text());
        claims.put("aud", url + "/oauth2/token");
        claims.put("iat", now);
        claims.put("exp", now + 60);
        claims.put("jti", random(16).base64Url());
        claims.put("cnf", Map.of("jkt", dpop.computeThumbprint().toString()));
        claims.putAll(other);
        return jws("JWT", deviceId().text(), JsonMapper.shared().writeValueAsBytes(claims));
    }

    /// A DPoP proof.
    ///
    /// @param other claims that are to be other than right; an empty one is left out
    String proof(String path, Map<String, Object> other) throws Exception {
        return proof(dpop, path, other);
    }

    String proof(ECKey key, String path, Map<String, Object> other) throws Exception {
        var claims = new HashMap<String, Object>();
        claims.put("jti", random(16).base64Url());
        claims.put("htm", "POST");
        claims.put("htu", url + path);
        claims.put("iat", clock.instant().getEpochSecond());
        claims.put("nonce", nonce);
        claims.put("ath", Hashes.sha256(Bytes.utf8(token)).base64Url());
        claims.putAll(other);
        claims.values().removeIf(""::equals);
        var jws =
                new JWSObject(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .type(new JOSEObjectType("dpop+jwt"))
                                .jwk(key.toPublicJWK())
                                .build(),
                        new Payload(JsonMapper.shared().writeValueAsBytes(claims)));
        jws.sign(new ECDSASigner(key));
        return jws.serialize();
    }

    // HTTP

    TestAnswer get(String path) throws Exception {
        return exchange(request(path).GET());
    }

    /// The status of an answer that is not JSON.
    int status(String path) throws Exception {
        return http.send(request(path).GET().build(), BodyHandlers.discarding()).statusCode();
    }

    TestAnswer post(String path, Map<String, ?> body) throws Exception {
        return send(path, JsonMapper.shared().writeValueAsString(body), "", "");
    }

    /// Posts; an empty header is left out.
    TestAnswer send(String path, String body, String authorization, String proof) throws Exception {
        var request = request(path).header("Content-Type", "application/json");
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        if (!proof.isEmpty()) {
            request.header("DPoP", proof);
        }
        return exchange(request.POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path));
    }

    private TestAnswer exchange(HttpRequest.Builder request) throws Exception {
        var answer = TestAnswer.of(http.send(request.build(), BodyHandlers.ofByteArray()));
        if (!answer.header("DPoP-Nonce").isEmpty()) {
            nonce = answer.header("DPoP-Nonce");
        }
        return answer;
    }

    /// Believes every certificate.
    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
