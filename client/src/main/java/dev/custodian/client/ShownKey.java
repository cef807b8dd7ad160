package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;

/// The device key with the certificate that it is shown in, made when it is first needed. Only a
/// [Transport] to a server that the pinned identity vouches for gets it.
final class ShownKey {
    private final DeviceSigner device;
    private @Nullable X509Certificate certificate;

    /// @param kept a certificate from before, in DER; what is none of this key is passed over
    ShownKey(DeviceSigner device, Bytes kept) {
        this.device = device;
        this.certificate = read(kept);
    }

    private @Nullable X509Certificate read(Bytes kept) {
        try {
            var read =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(kept.toArray()));
            return read.getPublicKey().equals(device.publicKey()) ? read : null;
        } catch (CertificateException e) {
            return null;
        }
    }

    synchronized KeyManager keys() throws Refused {
        var tls = device.tls();
        var shown = certificate;
        if (shown == null) {
            shown = tls.certify();
            certificate = shown;
        }
        return tls.with(shown);
    }

    /// The certificate in DER, to be kept; empty when there is none yet.
    synchronized Bytes certificate() {
        try {
            return certificate == null ? Bytes.EMPTY : Bytes.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            return Bytes.EMPTY;
        }
    }

    /// Why the key did not sign, if it is for this that a handshake failed.
    Optional<Refused> refusal(Throwable thrown) {
        try {
            var tls = device.tls();
            for (var cause = thrown; cause != null; cause = cause.getCause()) {
                var refusal = tls.refusal(cause);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of(e);
        }
    }
}
