package dev.custodian.server.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.dpop.DPoPProofFactory;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.server.crypto.CryptoProvider;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Checks DPoP proofs (RFC 9449 §4.3) against a clock that is given. No `jti` is kept: single-use
/// authorizations stop replay where it matters, and the nonce bounds the rest (DESIGN §7).
final class DpopProofs {
    private static final int LONGEST = 4096;
    private static final int LONGEST_JTI = 256;

    /// A client's clock may be this far off; how old the proof is, the nonce says.
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final DpopNonces nonces;
    private final Clock clock;

    DpopProofs(DpopNonces nonces, Clock clock) {
        this.nonces = nonces;
        this.clock = clock;
    }

    /// Checks the proof of a call; returns the thumbprint of the key that made it.
    ///
    /// @param target the call's URL as clients know it, without query
    /// @param token the access token that the proof must name; null at the token endpoint
    String check(Call call, URI target, @Nullable String token) throws TokenRefused, CallRefused {
        var text = call.header("DPoP").orElse("");
        if (text.isEmpty() || text.length() > LONGEST) {
            throw TokenRefused.invalidProof("One DPoP proof is needed");
        }
        try {
            var proof = Jwt.parse(text);
            var key = key(proof);
            checkClaims(proof.getJWTClaimsSet(), call.method(), target, token);
            if (!proof.verify(CryptoProvider.fastest().es256(key.toECPublicKey()))) {
                throw TokenRefused.invalidProof("The proof is not signed by its key");
            }
            return key.computeThumbprint().toString();
        } catch (ParseException | JOSEException e) {
            throw TokenRefused.invalidProof("The proof cannot be read");
        }
    }

    private static ECKey key(SignedJWT proof) throws TokenRefused {
        var header = proof.getHeader();
        if (!DPoPProofFactory.TYPE.equals(header.getType())
                || !JWSAlgorithm.ES256.equals(header.getAlgorithm())) {
            throw TokenRefused.invalidProof("The proof has another type or algorithm");
        }
        if (header.getJWK() instanceof ECKey key
                && Curve.P_256.equals(key.getCurve())
                && !key.isPrivate()) {
            return key;
        }
        throw TokenRefused.invalidProof("The proof names no public key on P-256");
    }

    private void checkClaims(JWTClaimsSet claims, String method, URI target, @Nullable String token)
            throws TokenRefused, ParseException {
        var jti = claims.getJWTID();
        if (jti == null || jti.isEmpty() || jti.length() > LONGEST_JTI) {
            throw TokenRefused.invalidProof("The proof has no usable jti");
        }
        if (!method.equals(claims.getStringClaim("htm"))) {
            throw TokenRefused.invalidProof("The proof is for another method");
        }
        if (!isSame(claims.getStringClaim("htu"), target)) {
            throw TokenRefused.invalidProof("The proof is for another URL");
        }
        if (token != null && !hash(token).equals(claims.getStringClaim("ath"))) {
            throw TokenRefused.invalidProof("The proof is for another token");
        }
        checkTime(claims);
    }

    private void checkTime(JWTClaimsSet claims) throws TokenRefused, ParseException {
        var nonce = claims.getStringClaim("nonce");
        if (nonce == null || !nonces.accepts(nonce)) {
            throw TokenRefused.useNonce();
        }
        var issued = claims.getIssueTime();
        if (issued == null
                || Duration.between(issued.toInstant(), clock.instant()).abs().compareTo(WINDOW)
                        > 0) {
            throw TokenRefused.invalidProof("The proof was not made now");
        }
    }

    /// RFC 9449 §4.3: query and fragment of `htu` do not count.
    private static boolean isSame(@Nullable String htu, URI target) {
        if (htu == null) {
            return false;
        }
        try {
            var uri = new URI(htu);
            return uri.getScheme() != null
                    && uri.getRawAuthority() != null
                    && uri.getScheme().equalsIgnoreCase(target.getScheme())
                    && authority(uri).equals(authority(target))
                    && target.getRawPath().equals(uri.getRawPath());
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static String authority(URI uri) {
        var authority = uri.getRawAuthority().toLowerCase(Locale.ROOT);
        return authority.endsWith(":443")
                ? authority.substring(0, authority.length() - ":443".length())
                : authority;
    }

    private static String hash(String token) {
        return Hashes.sha256(Bytes.utf8(token)).base64Url();
    }
}
