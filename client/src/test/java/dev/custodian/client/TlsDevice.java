package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// A device key that nobody can read, as one in a chip: it counts what it signs, and can refuse.
final class TlsDevice implements DeviceSigner, TlsIdentity {
    /// Signs with such keys and with no others; to be added for the time of a test.
    static final Provider PROVIDER = new Signing();

    /// Signatures of any kind.
    final AtomicInteger signatures = new AtomicInteger();

    /// Certificates among them.
    final AtomicInteger certificates = new AtomicInteger();

    /// What it says instead of signing.
    volatile @Nullable Refused refusal;

    private final KeyPair pair;

    TlsDevice() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        pair = generator.generateKeyPair();
    }

    Bytes keyHash() {
        return VouchedTrust.keyHash(pair.getPublic());
    }

    @Override
    public ECPublicKey publicKey() {
        return (ECPublicKey) pair.getPublic();
    }

    @Override
    public Bytes sign(Bytes message) throws Refused {
        try {
            return Bytes.of(sign("SHA256withECDSAinP1363Format", message.toArray()));
        } catch (RefusedSignature e) {
            throw e.refusal;
        } catch (SignatureException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] sign(String algorithm, byte[] message) throws SignatureException {
        var no = refusal;
        if (no != null) {
            throw new RefusedSignature(no);
        }
        signatures.incrementAndGet();
        try {
            var signature = Signature.getInstance(algorithm, "SunEC");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new SignatureException(e);
        }
    }

    private static final class RefusedSignature extends SignatureException {
        private static final long serialVersionUID = 1L;
        private final transient Refused refusal;

        RefusedSignature(Refused refusal) {
            this.refusal = refusal;
        }
    }

    @Override
    public TlsIdentity tls() {
        return this;
    }

    @Override
    public X509Certificate certify() {
        signatures.incrementAndGet();
        certificates.incrementAndGet();
        try {
            return TestKeys.certificate("device", pair);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<Refused> refusal(Throwable cause) {
        return cause instanceof RefusedSignature refused
                ? Optional.of(refused.refusal)
                : Optional.empty();
    }

    @Override
    public X509ExtendedKeyManager with(X509Certificate certificate) {
        return new Only(certificate);
    }

    /// The key as JSSE sees it: without octets.
    private final class Opaque implements PrivateKey, ECKey {
        private static final long serialVersionUID = 1L;

        private transient TlsDevice device = TlsDevice.this;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public @Nullable String getFormat() {
            return null;
        }

        @Override
        public byte @Nullable [] getEncoded() {
            return null;
        }

        @Override
        public ECParameterSpec getParams() {
            return device.publicKey().getParams();
        }
    }

    private static final class Signing extends Provider {
        private static final long serialVersionUID = 1L;

        Signing() {
            super("TlsDevice", "1", "signs with the keys of tests");
            putService(
                    new Service(
                            this,
                            "Signature",
                            "SHA256withECDSA",
                            Sha256.class.getName(),
                            List.of(),
                            Map.of("SupportedKeyClasses", Opaque.class.getName())) {
                        @Override
                        public Object newInstance(Object parameter) {
                            return new Sha256();
                        }
                    });
        }
    }

    private static final class Sha256 extends SignatureSpi {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private @Nullable Opaque key;

        @Override
        protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
            if (!(privateKey instanceof Opaque ours)) {
                throw new InvalidKeyException("no key of a test");
            }
            key = ours;
        }

        @Override
        protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
            throw new InvalidKeyException("others verify");
        }

        @Override
        protected void engineUpdate(byte octet) {
            message.write(octet);
        }

        @Override
        protected void engineUpdate(byte[] octets, int from, int size) {
            message.write(octets, from, size);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            if (key == null) {
                throw new SignatureException("no key yet");
            }
            return key.device.sign("SHA256withECDSA", message.toByteArray());
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            throw new SignatureException("others verify");
        }

        @Deprecated
        @Override
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Deprecated
        @Override
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Only extends X509ExtendedKeyManager {
        private static final String ALIAS = "device";
        private final X509Certificate certificate;

        Only(X509Certificate certificate) {
            this.certificate = certificate;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
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
            return new Opaque();
        }
    }

    /// A sentence that such a device has for refusing.
    static Refused no() {
        return new Refused(FailureKind.KEY_SEALED, "The card was pulled.");
    }
}
