package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts a TLS server for its key alone: neither host name nor any public CA says who our server
/// is, only its identity key does. Being an *extended* trust manager, it leaves no host name check
/// to JSSE.
final class VouchedTrust extends X509ExtendedTrustManager {
    private final Predicate<Bytes> vouched;

    /// @param vouched whether the identity vouches for a key with this H(SPKI)
    VouchedTrust(Predicate<Bytes> vouched) {
        this.vouched = vouched;
    }

    static Bytes keyHash(PublicKey key) {
        return Hashes.sha256(Bytes.of(key.getEncoded()));
    }

    /// The refusal of a certificate, found again among the causes of what the HTTP client throws.
    static final class NotVouchedException extends CertificateException {
        private static final long serialVersionUID = 1L;

        static boolean caused(Throwable thrown) {
            for (var cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause instanceof NotVouchedException) {
                    return true;
                }
            }
            return false;
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0 || !vouched.test(keyHash(chain[0].getPublicKey()))) {
            throw new NotVouchedException();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new NotVouchedException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new NotVouchedException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new NotVouchedException();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
