package dev.custodian.server.http;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Takes any client's certificate as the envelope of a key, which the handshake proves: its names,
/// times and signature count for nothing (RFC 8705 §2.2). Whose key it is, the caller looks up.
final class ClientKeys extends X509ExtendedTrustManager {
    private static final int LARGEST_EC = 384;
    private static final int LEAST_RSA = 2048;
    private static final int LARGEST_RSA = 4096;
    private static final int LARGEST_EXPONENT = 32;

    private static void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length != 1) {
            throw new CertificateException("not one certificate");
        }
        boolean usual =
                switch (chain[0].getPublicKey()) {
                    case ECPublicKey key ->
                            key.getParams().getCurve().getField().getFieldSize() <= LARGEST_EC;
                    case RSAPublicKey key ->
                            key.getModulus().bitLength() >= LEAST_RSA
                                    && key.getModulus().bitLength() <= LARGEST_RSA
                                    && key.getPublicExponent().bitLength() <= LARGEST_EXPONENT;
                    default -> false;
                };
        // Others would let a stranger have us compute for long.
        if (!usual) {
            throw new CertificateException("a key of no device");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        check(chain);
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
