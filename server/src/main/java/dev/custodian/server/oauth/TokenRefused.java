package dev.custodian.server.oauth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import com.nimbusds.oauth2.sdk.token.DPoPTokenError;
import com.nimbusds.oauth2.sdk.token.TokenSchemeError;
import java.util.Set;

/// What is wrong with a token or with the proof of its key, in the words of RFC 9449 §7.1, or of
/// RFC 6750 §3 where tokens are bound to the connection's certificate.
final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient TokenSchemeError error;
    private final String wanted;

    private TokenRefused(TokenSchemeError error, String wanted) {
        super(error.getCode(), null, false, false);
        this.error = error;
        this.wanted = wanted;
    }

    private static TokenRefused dpop(DPoPTokenError error) {
        return new TokenRefused(
                error.setJWSAlgorithms(Set.of(JWSAlgorithm.ES256)),
                "A DPoP-bound token is needed.");
    }

    /// No token was given at all.
    static TokenRefused noToken() {
        return dpop(DPoPTokenError.MISSING_TOKEN);
    }

    static TokenRefused invalidToken(String sentence) {
        return dpop(DPoPTokenError.INVALID_TOKEN.setDescription(sentence));
    }

    static TokenRefused invalidProof(String sentence) {
        return dpop(DPoPTokenError.INVALID_DPOP_PROOF.setDescription(sentence));
    }

    /// The proof lacks a nonce of ours that is still good; the answer carries one.
    static TokenRefused useNonce() {
        return dpop(DPoPTokenError.USE_DPOP_NONCE);
    }

    /// No token was given where they are bound to certificates.
    static TokenRefused noCertificateToken() {
        return new TokenRefused(
                BearerTokenError.MISSING_TOKEN, "A token of the certificate's device is needed.");
    }

    static TokenRefused invalidCertificateToken(String sentence) {
        return new TokenRefused(BearerTokenError.INVALID_TOKEN.setDescription(sentence), sentence);
    }

    /// The error code; `invalid_token` where the header says none.
    String code() {
        return error.getCode() == null ? "invalid_token" : error.getCode();
    }

    String sentence() {
        return error.getDescription() == null ? wanted : error.getDescription();
    }

    /// Value of `WWW-Authenticate`.
    String challenge() {
        return error.toWWWAuthenticateHeader();
    }
}
