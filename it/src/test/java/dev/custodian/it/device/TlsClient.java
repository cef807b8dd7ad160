package dev.custodian.it.device;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Java's own HTTP client, which trusts one server and shows what it is given.
final class TlsClient {
    private TlsClient() {}

    /// A certificate as a file that nginx and openssl read.
    static Path pem(Path folder, X509Certificate of) throws Exception {
        return Files.writeString(
                folder.resolve("device.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(of.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    /// @param server PEM file of the certificate of the server
    /// @param own what this machine shows of itself
    static SSLContext context(Path server, KeyManager... own) throws Exception {
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        try (InputStream in = Files.newInputStream(server)) {
            keys.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(keys);
        var context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    /// What the server says, in a connection of its own.
    static String get(SSLContext tls, String url) throws Exception {
        try (var http =
                HttpClient.newBuilder()
                        .sslContext(tls)
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(60))
                        .build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(60))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }
}
