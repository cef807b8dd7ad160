package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/// The certificates of a key, in PEM in a file beside it; not sealed, since everybody may see them.
///
/// @param folder one whose files are as they are
/// @param name of the file
record CertificateFile(PrivateFolder folder, String name, PublicKey key) {
    private static final int LONGEST = 64 << 10;

    /// Those that lie there, unless a former key left them: none then.
    List<X509Certificate> read() throws DeviceException {
        if (!folder.has(name)) {
            return List.of();
        }
        try (var file = folder.read(name, LONGEST)) {
            var read =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(file.expose()))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            return read.isEmpty() || !isOfThis(read.getFirst()) ? List.of() : read;
        } catch (CertificateException e) {
            throw new DeviceException(
                    DeviceFailure.KEY_DAMAGED, 0, folder.path(name) + " holds no certificates.", e);
        }
    }

    private boolean isOfThis(X509Certificate certificate) {
        return Bytes.of(certificate.getPublicKey().getEncoded()).equals(Bytes.of(key.getEncoded()));
    }

    void keep(List<X509Certificate> certificates) throws DeviceException {
        if (certificates.isEmpty()) {
            var _ = folder.delete(name);
            return;
        }
        if (!isOfThis(certificates.getFirst())) {
            throw new IllegalArgumentException("a certificate of another key");
        }
        var pem = new StringBuilder();
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        try {
            for (var certificate : certificates) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(base64.encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("a certificate that cannot be written", e);
        }
        if (pem.length() > LONGEST) {
            throw new IllegalArgumentException("too many certificates");
        }
        try (var file = Secret.owning(pem.toString().getBytes(StandardCharsets.US_ASCII))) {
            folder.replace(name, file);
        }
    }
}
