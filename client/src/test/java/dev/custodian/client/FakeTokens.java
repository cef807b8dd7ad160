package dev.custodian.client;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.Bytes;
import dev.custodian.core.json.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tokens of the fake server: one login at a time, refresh tokens that are good once.
final class FakeTokens {
    int logins;
    int refreshes;
    volatile int revocations;
    private final Map<String, String> boundTo = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private int made;
    private String refresh = "";
    private String spent = "";
    private String spentBy = "";

    synchronized FakeSigner.Told token(
            String form, String jkt, String uri, String device, ECPublicKey key, Instant now)
            throws Exception {
        var fields = fields(form);
        var again = "refresh_token".equals(fields.get("grant_type"));
        var told = fields.get(again ? "client_assertion" : "assertion");
        if (told == null) {
            return wrong("invalid_request");
        }
        return isGood(JWSObject.parse(told), jkt, uri, device, key, now)
                ? exchange(fields, jkt, "DPoP")
                : refused();
    }

    /// Where TLS binds the tokens: the key that opened the connection has to be the device's.
    ///
    /// @param shown H(SPKI) of the connection's certificate; empty where there was none
    synchronized FakeSigner.Told connected(
            String form, Bytes shown, String device, ECPublicKey key) {
        var fields = fields(form);
        if (!List.of("client_credentials", "refresh_token")
                .contains(fields.getOrDefault("grant_type", ""))) {
            return wrong("unsupported_grant_type");
        }
        if (!fields.containsKey("client_id")) {
            return wrong("invalid_request");
        }
        return shown.equals(VouchedTrust.keyHash(key)) && device.equals(fields.get("client_id"))
                ? exchange(fields, shown.base64Url(), "Bearer")
                : refused();
    }

    private FakeSigner.Told exchange(Map<String, String> fields, String bound, String type) {
        if (!"refresh_token".equals(fields.get("grant_type"))) {
            logins++;
            refresh = "refresh-" + ++made;
            spent = "";
            return given(bound, type);
        }
        var token = fields.getOrDefault("refresh_token", "");
        if (token.equals(refresh)) {
            refreshes++;
            spent = token;
            spentBy = bound;
            refresh = "refresh-" + ++made;
            return given(bound, type);
        }
        if (token.equals(spent) && bound.equals(spentBy)) {
            return given(bound, type);
        }
        end();
        return refused();
    }

    private boolean isGood(
            JWSObject assertion,
            String jkt,
            String uri,
            String device,
            ECPublicKey key,
            Instant now)
            throws Exception {
        var claims = assertion.getPayload().toJSONObject();
        var issued = ((Number) claims.getOrDefault("iat", 0)).longValue();
        return assertion.verify(new ECDSAVerifier(key))
                && device.equals(assertion.getHeader().getKeyID())
                && device.equals(claims.get("iss"))
                && device.equals(claims.get("sub"))
                && uri.equals(claims.get("aud"))
                && Map.of("jkt", jkt).equals(claims.get("cnf"))
                && Math.abs(now.getEpochSecond() - issued) < 60
                && seen.add(String.valueOf(claims.get("jti")));
    }

    private FakeSigner.Told given(String bound, String type) {
        var token = "token-" + ++made;
        boundTo.put(token, bound);
        return new FakeSigner.Told(
                200,
                Json.object()
                        .put("access_token", token)
                        .put("token_type", type)
                        .put("expires_in", 600)
                        .put("refresh_token", refresh)
                        .put("refresh_expires_in", 86_400)
                        .build());
    }

    private static FakeSigner.Told refused() {
        return wrong("invalid_grant");
    }

    private static FakeSigner.Told wrong(String error) {
        return new FakeSigner.Told(400, Json.object().put("error", error).build());
    }

    synchronized FakeSigner.Told revoke(String form) {
        revocations++;
        if (fields(form).getOrDefault("token", "").equals(refresh)) {
            end();
        }
        return new FakeSigner.Told(200, Json.object().build());
    }

    private static Map<String, String> fields(String form) {
        var fields = new HashMap<String, String>();
        for (var field : form.split("&", -1)) {
            var parts = field.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    /// As when somebody else has used the refresh token.
    synchronized void end() {
        refresh = "";
        spent = "";
        boundTo.clear();
    }

    /// All access tokens; the login goes on.
    synchronized void forget() {
        boundTo.clear();
    }

    synchronized boolean isBound(String token, String jkt) {
        return jkt.equals(boundTo.get(token));
    }
}
