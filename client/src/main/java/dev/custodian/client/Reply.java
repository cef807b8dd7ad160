package dev.custodian.client;

import dev.custodian.core.Bytes;
import java.net.http.HttpHeaders;

/// One HTTP answer, not yet believed.
///
/// @param tlsKey H(SPKI) of the certificate of this very connection
/// @param shown whether this machine showed a certificate there
record Reply(int status, HttpHeaders headers, Bytes body, Bytes tlsKey, boolean shown) {
    private static final int LONGEST_NONCE = 1024;
    private static final long LONGEST_PAUSE = 3600;

    /// `DPoP-Nonce`; empty when there is none.
    String nonce() {
        var nonce = headers.firstValue("DPoP-Nonce").orElse("");
        return nonce.length() > LONGEST_NONCE ? "" : nonce;
    }

    /// `Retry-After` in seconds; 0 when there is none.
    long retryAfter() {
        var text = headers.firstValue("Retry-After").orElse("");
        return text.matches("[0-9]{1,6}") ? Math.min(Long.parseLong(text), LONGEST_PAUSE) : 0;
    }

    @Override
    public String toString() {
        return "Reply[" + status + "]";
    }
}
