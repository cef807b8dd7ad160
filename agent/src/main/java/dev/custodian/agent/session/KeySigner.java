package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.TlsIdentity;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyUri;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A device key of type P-256 as the client wants it.
///
/// @param kept how well; null where nothing seals it
record KeySigner(DeviceKey key, @Nullable DeviceVerdict kept) implements DeviceSigner {
    @Override
    public Optional<DeviceVerdict> verdict() {
        return Optional.ofNullable(kept);
    }

    @Override
    public ECPublicKey publicKey() {
        return (ECPublicKey) key.publicKey();
    }

    @Override
    public Bytes sign(Bytes message) throws Refused {
        try {
            return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message));
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    @Override
    public TlsIdentity tls() {
        return new ShownDevice(key, DeviceException::refused);
    }

    /// A key of the TPM or the card.
    ///
    /// @param uri as it was noted
    record Elsewhere(Stores stores, KeyUri uri, DeviceKey key) implements DeviceSigner {
        @Override
        public Optional<DeviceVerdict> verdict() {
            return Optional.of(DeviceVerdict.HARDWARE_CLAIMED);
        }

        @Override
        public ECPublicKey publicKey() {
            return (ECPublicKey) key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            try {
                return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message));
            } catch (DeviceException e) {
                throw told(e);
            }
        }

        private Refused told(DeviceException e) {
            if (isLocked(e.failure())) {
                stores.locked(uri);
            }
            return Stores.refused(e);
        }

        /// Whether the key holds its PIN no more.
        private static boolean isLocked(DeviceFailure failure) {
            return failure == DeviceFailure.PIN_NEEDED
                    || failure == DeviceFailure.PIN_WRONG
                    || failure == DeviceFailure.PIN_LOCKED;
        }

        @Override
        public TlsIdentity tls() {
            return new ShownDevice(key, this::told);
        }
    }
}
