package dev.custodian.server;

import com.nimbusds.jose.jwk.ECKey;
import java.math.BigInteger;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// Shows a self-signed certificate of a key in TLS, and counts how often the key is asked for. The
/// certificate ended long ago and names nobody: only its key shall count.
final class TestCertificate extends X509ExtendedKeyManager {
    final AtomicInteger uses = new AtomicInteger();
    private final KeyPair pair;
    private final X509Certificate certificate;

    TestCertificate(ECKey key) throws Exception {
        this(key.toKeyPair(), "SHA256withECDSA");
    }

    TestCertificate(KeyPair pair, String algorithm) throws Exception {
        this.pair = pair;
        var name = new X500Name("CN=somebody");
        this.certificate =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                name,
                                                BigInteger.ONE,
                                                Date.from(Instant.parse("2001-01-01T00:00:00Z")),
                                                Date.from(Instant.parse("2001-01-02T00:00:00Z")),
                                                name,
                                                pair.getPublic())
                                        .build(
                                                new JcaContentSignerBuilder(algorithm)
                                                        .build(pair.getPrivate())));
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {"device"};
    }

    @Override
    public String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return "device";
    }

    @Override
    public String chooseEngineClientAlias(
            String[] types,
            Principal @Nullable [] issuers,
            javax.net.ssl.@Nullable SSLEngine engine) {
        return "device";
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        uses.incrementAndGet();
        return pair.getPrivate();
    }
}
