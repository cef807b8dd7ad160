package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.Scheme;
import dev.custodian.core.der.Der;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.MessageSigning;
import java.io.ByteArrayOutputStream;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/// A signature by a device key.
abstract sealed class DeviceSignature extends SignatureSpi {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private @Nullable DeviceKey key;

    /// Whether it signs with such a key.
    abstract boolean takes(DeviceKey key);

    abstract byte[] sign(DeviceKey key, byte[] message) throws DeviceException, SignatureException;

    @Override
    protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
        if (!(privateKey instanceof DevicePrivateKey device) || !takes(device.key())) {
            throw new InvalidKeyException("no device key that signs so");
        }
        message.reset();
        key = device.key();
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
        var with = key;
        if (with == null) {
            throw new SignatureException("no key yet");
        }
        var whole = message.toByteArray();
        message.reset();
        try {
            return sign(with, whole);
        } catch (DeviceException e) {
            throw new SignatureException(e.sentences(), e);
        }
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

    @Override
    protected void engineSetParameter(@Nullable AlgorithmParameterSpec parameters)
            throws InvalidAlgorithmParameterException {
        if (parameters != null) {
            throw new InvalidAlgorithmParameterException("it has no parameters");
        }
    }

    @Override
    protected @Nullable AlgorithmParameters engineGetParameters() {
        return null;
    }

    static Bytes digest(HashAlgorithm hash, byte[] message) {
        try {
            return Bytes.of(MessageDigest.getInstance(hash.jca()).digest(message));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-2", e);
        }
    }

    private static boolean is(DeviceKey key, Family family) {
        var algorithm = key.type().algorithm();
        return algorithm != null && algorithm.family() == family;
    }

    static final class Ecdsa extends DeviceSignature {
        private final @Nullable HashAlgorithm hash;
        private final boolean der;

        /// @param hash null when the message is a digest
        Ecdsa(@Nullable HashAlgorithm hash, boolean der) {
            this.hash = hash;
            this.der = der;
        }

        @Override
        boolean takes(DeviceKey key) {
            return is(key, Family.EC);
        }

        @Override
        byte[] sign(DeviceKey key, byte[] message) throws DeviceException, SignatureException {
            var over = hash == null ? hashOf(message) : hash;
            var digest = hash == null ? Bytes.of(message) : digest(hash, message);
            var signature = key.sign(Scheme.plain(Family.EC, over), digest);
            return (der ? Der.signature(signature) : signature).toArray();
        }

        private static HashAlgorithm hashOf(byte[] digest) throws SignatureException {
            for (var hash : HashAlgorithm.values()) {
                if (hash.length() == digest.length) {
                    return hash;
                }
            }
            throw new SignatureException("not a digest of SHA-256, SHA-384 or SHA-512");
        }
    }

    static final class Rsa extends DeviceSignature {
        private final HashAlgorithm hash;

        Rsa(HashAlgorithm hash) {
            this.hash = hash;
        }

        @Override
        boolean takes(DeviceKey key) {
            return is(key, Family.RSA);
        }

        @Override
        byte[] sign(DeviceKey key, byte[] message) throws DeviceException {
            return key.sign(Scheme.plain(Family.RSA, hash), digest(hash, message)).toArray();
        }
    }

    static final class Pss extends DeviceSignature {
        private @Nullable HashAlgorithm hash;

        @Override
        boolean takes(DeviceKey key) {
            return is(key, Family.RSA);
        }

        @Override
        byte[] sign(DeviceKey key, byte[] message) throws DeviceException, SignatureException {
            var over = hash;
            if (over == null) {
                throw new SignatureException("no parameters yet");
            }
            return key.sign(Scheme.pss(over), digest(over, message)).toArray();
        }

        /// Takes what everybody uses: one hash for all, and a salt as long as it.
        @Override
        protected void engineSetParameter(@Nullable AlgorithmParameterSpec parameters)
                throws InvalidAlgorithmParameterException {
            if (parameters instanceof PSSParameterSpec pss) {
                for (var one : HashAlgorithm.values()) {
                    if (matches(one, pss)) {
                        hash = one;
                        return;
                    }
                }
            }
            throw new InvalidAlgorithmParameterException(
                    "not SHA-2 with MGF1 of the same hash and a salt as long as it");
        }

        private static boolean matches(HashAlgorithm hash, PSSParameterSpec pss) {
            return pss.getDigestAlgorithm().equals(hash.jca())
                    && pss.getMGFParameters() instanceof MGF1ParameterSpec mgf
                    && mgf.getDigestAlgorithm().equals(hash.jca())
                    && pss.getSaltLength() == hash.length()
                    && pss.getTrailerField() == 1;
        }

        @Override
        protected @Nullable AlgorithmParameters engineGetParameters() {
            var known = hash;
            if (known == null) {
                return null;
            }
            try {
                var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
                parameters.init(
                        new PSSParameterSpec(
                                known.jca(),
                                "MGF1",
                                new MGF1ParameterSpec(known.jca()),
                                known.length(),
                                1));
                return parameters;
            } catch (GeneralSecurityException e) {
                throw new AssertionError("every Java platform of ours has PSS", e);
            }
        }
    }

    static final class Ed extends DeviceSignature {
        @Override
        boolean takes(DeviceKey key) {
            return key.ability(MessageSigning.class).isPresent();
        }

        @Override
        byte[] sign(DeviceKey key, byte[] message) throws DeviceException, SignatureException {
            var signing = key.ability(MessageSigning.class);
            if (signing.isEmpty()) {
                throw new SignatureException("no key that signs messages");
            }
            return signing.get().sign(Bytes.of(message)).toArray();
        }
    }
}
