package dev.custodian.client;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Looks at the proofs by DPoP that the fake server is sent (RFC 9449).
final class FakeProofs {
    private final FakeServer server;
    private final FakeSigner behind;
    private final Set<String> seen = new HashSet<>();

    FakeProofs(FakeServer server, FakeSigner behind) {
        this.server = server;
        this.behind = behind;
    }

    boolean isOfNow(JWSObject proof) {
        var issued = (Number) requireNonNull(proof.getPayload().toJSONObject().get("iat"));
        return Math.abs(server.clock.instant().getEpochSecond() - issued.longValue()) < 30;
    }

    /// The proof's key thumbprint; empty when its nonce is not ours.
    String checked(JWSObject proof, String uri, String token) throws Exception {
        var key = (ECKey) proof.getHeader().getJWK();
        var claims = proof.getPayload().toJSONObject();
        FakeSigner.require(proof.getHeader().getType().getType().equals("dpop+jwt"), "typ");
        FakeSigner.require(proof.verify(new ECDSAVerifier(key)), "proof");
        FakeSigner.require(is(claims, "htm", "POST") && is(claims, "htu", uri), "htm, htu");
        FakeSigner.require(seen.add((String) claims.get("jti")), "jti twice");
        FakeSigner.require(
                token.isEmpty()
                        ? !claims.containsKey("ath")
                        : is(claims, "ath", Hashes.sha256(Bytes.utf8(token)).base64Url()),
                "ath");
        return behind.dpopNonce.equals(claims.get("nonce"))
                ? key.computeThumbprint().toString()
                : "";
    }

    private static boolean is(Map<String, Object> claims, String name, Object value) {
        return value.equals(claims.get(name));
    }
}
