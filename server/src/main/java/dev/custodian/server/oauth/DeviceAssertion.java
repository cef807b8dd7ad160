package dev.custodian.server.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.server.crypto.CryptoProvider;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device's assertion (RFC 7523 §3): a JWT by the device key that says which ephemeral key the
/// session is bound to.
///
/// @param jti its name, for use once
/// @param expires when it ends
/// @param jkt thumbprint of the ephemeral key
record DeviceAssertion(SignedJWT jwt, Id device, String jti, Instant expires, String jkt) {
    private static final int LONGEST = 4096;
    private static final int LONGEST_JTI = 256;
    private static final Duration LIFE = Duration.ofSeconds(60);
    private static final Duration SKEW = Duration.ofSeconds(30);

    /// Reads an assertion for this audience and now; null when it is none. Proves nothing yet.
    static @Nullable DeviceAssertion read(String text, URI audience, Instant now) {
        if (text.length() > LONGEST) {
            return null;
        }
        try {
            var jwt = Jwt.parse(text);
            var claims = jwt.getJWTClaimsSet();
            var kid = jwt.getHeader().getKeyID();
            var jti = claims.getJWTID();
            var confirmation = JWKThumbprintConfirmation.parse(claims);
            if (!JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())
                    || kid == null
                    || !kid.equals(claims.getIssuer())
                    || !kid.equals(claims.getSubject())
                    || !claims.getAudience().equals(List.of(audience.toString()))
                    || jti == null
                    || jti.isEmpty()
                    || jti.length() > LONGEST_JTI
                    || confirmation == null
                    || !isNow(claims, now)) {
                return null;
            }
            return new DeviceAssertion(
                    jwt,
                    Id.parse(Id.Kind.DEVICE, kid),
                    jti,
                    claims.getExpirationTime().toInstant().plus(SKEW),
                    confirmation.getValue().toString());
        } catch (ParseException | MalformedException e) {
            return null;
        }
    }

    private static boolean isNow(JWTClaimsSet claims, Instant now) {
        if (claims.getIssueTime() == null || claims.getExpirationTime() == null) {
            return false;
        }
        var issued = claims.getIssueTime().toInstant();
        var expires = claims.getExpirationTime().toInstant();
        return !expires.isAfter(issued.plus(LIFE))
                && !issued.isAfter(now.plus(SKEW))
                && expires.plus(SKEW).isAfter(now);
    }

    /// Whether the key `spki` (DER) signed it.
    boolean isSignedBy(Bytes spki) {
        try {
            return jwt.verify(CryptoProvider.fastest().es256(spki.toArray()));
        } catch (GeneralSecurityException | JOSEException e) {
            return false;
        }
    }

    /// An assertion is good for a token until it is used.
    @Override
    public String toString() {
        return "DeviceAssertion[" + device + "]";
    }
}
