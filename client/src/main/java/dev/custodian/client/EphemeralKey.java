package dev.custodian.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;

/// The key that a session's tokens are bound to (DPoP, RFC 9449): made for one session, kept
/// nowhere.
final class EphemeralKey implements DeviceSigner {
    private static final String PROOF = "dpop+jwt";

    private final KeyPair pair;
    private final ECKey jwk;
    private final SecureRandom random;

    EphemeralKey(SecureRandom random) {
        this.random = random;
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            this.pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has P-256", e);
        }
        this.jwk = new ECKey.Builder(Curve.P_256, publicKey()).build();
    }

    @Override
    public ECPublicKey publicKey() {
        return (ECPublicKey) pair.getPublic();
    }

    @Override
    public Bytes sign(Bytes message) {
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(pair.getPrivate(), random);
            signature.update(message.toArray());
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("a fresh P-256 key signs", e);
        }
    }

    /// `jkt` (RFC 9449 §6.1).
    String thumbprint() {
        try {
            return jwk.computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// A proof for one request (RFC 9449 §4.2).
    ///
    /// @param token the access token that travels beside it; empty when there is none yet
    /// @param nonce the server's; empty before it gave one
    String proof(URI uri, String token, String nonce, Instant now) throws Refused {
        var claims =
                Json.object()
                        .put("jti", randomId(random))
                        .put("htm", "POST")
                        .put("htu", uri.toString())
                        .put("iat", now.getEpochSecond());
        if (!token.isEmpty()) {
            claims.put("ath", Hashes.sha256(Bytes.utf8(token)));
        }
        if (!nonce.isEmpty()) {
            claims.put("nonce", nonce);
        }
        return Jws.sign(Jws.header(PROOF).jwk(jwk).build(), claims.build().write(), this);
    }

    /// A `jti`: 128 random bits.
    static String randomId(SecureRandom random) {
        var octets = new byte[16];
        random.nextBytes(octets);
        return Bytes.of(octets).base64Url();
    }

    @Override
    public String toString() {
        return "EphemeralKey";
    }
}
