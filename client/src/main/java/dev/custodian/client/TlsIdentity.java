package dev.custodian.client;

import dev.custodian.core.Refused;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;

/// A device key as a client of TLS shows it, where the server binds tokens to it (RFC 8705 §2.2).
public interface TlsIdentity {
    /// Makes a certificate of the key that the key signs itself, once. The server looks at nothing
    /// in it but the key: it names nobody, and never ends.
    X509Certificate certify() throws Refused;

    /// Authenticates with the key, one signature for each full handshake.
    ///
    /// @param certificate an earlier one of [#certify]
    X509ExtendedKeyManager with(X509Certificate certificate);

    /// Why the key did not sign, when `cause` is that.
    Optional<Refused> refusal(Throwable cause);
}
