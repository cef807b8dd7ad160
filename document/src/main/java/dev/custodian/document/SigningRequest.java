package dev.custodian.document;

import dev.custodian.core.SignatureScheme;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// What is to be signed, by whom and how.
///
/// @param input the PDF, which is only read
/// @param output where the signed PDF goes; must not exist yet
/// @param chain the signer's certificate first, then those above it; all of them are embedded
/// @param time goes into the signature dictionary as the time that the signer claims
public record SigningRequest(
        Path input,
        Path output,
        List<X509Certificate> chain,
        SignatureScheme scheme,
        Instant time) {
    public SigningRequest {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate to sign with");
        }
    }

    X509Certificate signer() {
        return chain.getFirst();
    }
}
