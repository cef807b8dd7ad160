package dev.custodian.server.oauth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.token.DPoPTokenError;
import java.util.Set;

/// What is wrong with a token or with the proof beside it, in the words of RFC 9449 §7.1.
final class DpopRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient DPoPTokenError error;

    private DpopRefused(DPoPTokenError error) {
        super(error.getCode(), null, false, false);
        this.error = error.setJWSAlgorithms(Set.of(JWSAlgorithm.ES256));
    }

    /// No token was given at all.
    static DpopRefused noToken() {
        return new DpopRefused(DPoPTokenError.MISSING_TOKEN);
    }

    static DpopRefused invalidToken(String sentence) {
        return new DpopRefused(DPoPTokenError.INVALID_TOKEN.setDescription(sentence));
    }

    static DpopRefused invalidProof(String sentence) {
        return new DpopRefused(DPoPTokenError.INVALID_DPOP_PROOF.setDescription(sentence));
    }

    /// The proof lacks a nonce of ours that is still good; the answer carries one.
    static DpopRefused useNonce() {
        return new DpopRefused(DPoPTokenError.USE_DPOP_NONCE);
    }

    /// The error code; `invalid_token` where the header says none.
    String code() {
        return error.getCode() == null ? "invalid_token" : error.getCode();
    }

    String sentence() {
        return error.getDescription() == null
                ? "A DPoP-bound token is needed."
                : error.getDescription();
    }

    /// Value of `WWW-Authenticate`.
    String challenge() {
        return error.toWWWAuthenticateHeader();
    }
}
