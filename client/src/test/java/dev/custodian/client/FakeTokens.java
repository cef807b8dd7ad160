package dev.custodian.client;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.json.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
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
        var assertion =
                JWSObject.parse(fields.getOrDefault(again ? "client_assertion" : "assertion", ""));
        if (!isGood(assertion, jkt, uri, device, key, now)) {
            return refused();
        }
        if (!again) {
            logins++;
            refresh = "refresh-" + ++made;
            spent = "";
            return given(jkt);
        }
        var token = fields.getOrDefault("refresh_token", "");
        if (token.equals(refresh)) {
            refreshes++;
            spent = token;
            spentBy = jkt;
            refresh = "refresh-" + ++made;
            return given(jkt);
        }
        if (token.equals(spent) && jkt.equals(spentBy)) {
            return given(jkt);
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

    private FakeSigner.Told given(String jkt) {
        var token = "token-" + ++made;
        boundTo.put(token, jkt);
        return new FakeSigner.Told(
                200,
                Json.object()
                        .put("access_token", token)
                        .put("token_type", "DPoP")
                        .put("expires_in", 600)
                        .put("refresh_token", refresh)
                        .put("refresh_expires_in", 86_400)
                        .build());
    }

    private static FakeSigner.Told refused() {
        return new FakeSigner.Told(400, Json.object().put("error", "invalid_grant").build());
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
