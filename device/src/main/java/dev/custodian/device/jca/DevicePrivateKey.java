package dev.custodian.device.jca;

import dev.custodian.device.DeviceKey;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import org.jspecify.annotations.Nullable;

/// A device key as the JCA passes it around: it can be used and not be read.
public abstract sealed class DevicePrivateKey implements PrivateKey {
    private static final long serialVersionUID = 1L;

    private final transient DeviceKey key;

    private DevicePrivateKey(DeviceKey key) {
        this.key = key;
    }

    /// A key for the JCA.
    ///
    /// @param key not closed with this; signs for as long as it is open
    public static DevicePrivateKey of(DeviceKey key) {
        return switch (key.publicKey()) {
            case ECKey ec -> new Ec(key, ec.getParams());
            case RSAKey rsa -> new Rsa(key, rsa.getModulus());
            case EdECKey ed -> new Ed(key, ed.getParams());
            case PublicKey other -> throw new IllegalArgumentException(other.getAlgorithm());
        };
    }

    DeviceKey key() {
        return key;
    }

    PublicKey publicKey() {
        return key.publicKey();
    }

    /// Null: there are no octets to be had.
    @Override
    public @Nullable String getFormat() {
        return null;
    }

    /// Null: there are no octets to be had.
    @Override
    public byte @Nullable [] getEncoded() {
        return null;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a device key stays where it is");
    }

    @Override
    public String toString() {
        return "DevicePrivateKey " + key.uri();
    }

    private static final class Ec extends DevicePrivateKey implements ECKey {
        private static final long serialVersionUID = 1L;
        private final transient ECParameterSpec parameters;

        private Ec(DeviceKey key, ECParameterSpec parameters) {
            super(key);
            this.parameters = parameters;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public ECParameterSpec getParams() {
            return parameters;
        }
    }

    private static final class Rsa extends DevicePrivateKey implements RSAKey {
        private static final long serialVersionUID = 1L;
        private final BigInteger modulus;

        private Rsa(DeviceKey key, BigInteger modulus) {
            super(key);
            this.modulus = modulus;
        }

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        /// Null: it signs in PKCS#1 and in PSS.
        @Override
        public @Nullable AlgorithmParameterSpec getParams() {
            return null;
        }

        @Override
        public BigInteger getModulus() {
            return modulus;
        }
    }

    private static final class Ed extends DevicePrivateKey implements EdECKey {
        private static final long serialVersionUID = 1L;
        private final transient NamedParameterSpec parameters;

        private Ed(DeviceKey key, NamedParameterSpec parameters) {
            super(key);
            this.parameters = parameters;
        }

        @Override
        public String getAlgorithm() {
            return "EdDSA";
        }

        @Override
        public NamedParameterSpec getParams() {
            return parameters;
        }
    }
}
