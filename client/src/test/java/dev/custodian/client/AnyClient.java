package dev.custodian.client;

import dev.custodian.core.Bytes;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Takes any client's certificate, and tells whose key was in it.
final class AnyClient extends X509ExtendedTrustManager {
    private final Consumer<Bytes> seen;

    /// @param seen is told H(SPKI)
    AnyClient(Consumer<Bytes> seen) {
        this.seen = seen;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
        seen.accept(VouchedTrust.keyHash(chain[0].getPublicKey()));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("servers are not asked here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw new CertificateException("servers are not asked here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("servers are not asked here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
