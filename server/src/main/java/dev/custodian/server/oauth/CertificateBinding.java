package dev.custodian.server.oauth;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;

/// How a token names the device key that it is bound to by TLS certificates (RFC 8705 §3). By the
/// key and not by the certificate around it, which may be made anew; and in no form that a
/// thumbprint of RFC 9449 could have.
final class CertificateBinding {
    private static final String PREFIX = "tls:";

    private CertificateBinding() {}

    /// @param key DER
    static String of(Bytes key) {
        return PREFIX + Hashes.sha256(key).base64Url();
    }
}
