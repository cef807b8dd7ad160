package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.tpm.Lockout;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/// A key that one TPM alone can use.
sealed class TpmDeviceKey implements DeviceKey, Attesting, CertificateHolding {
    private static final int LONGEST_PIN = 32;

    private final TpmStore store;
    private final KeyUri uri;
    private final KeyType type;
    private final PublicKey publicKey;
    private volatile PinnedFile file;
    private volatile boolean closed;

    private TpmDeviceKey(
            TpmStore store, KeyUri uri, KeyType type, PublicKey publicKey, PinnedFile file) {
        this.store = store;
        this.uri = uri;
        this.type = type;
        this.publicKey = publicKey;
        this.file = file;
    }

    static TpmDeviceKey of(
            TpmStore store, KeyUri uri, KeyType type, PublicKey publicKey, PinnedFile file) {
        return file.file().emptyAuth()
                ? new TpmDeviceKey(store, uri, type, publicKey, file)
                : new Guarded(store, uri, type, publicKey, file);
    }

    @Override
    public KeyUri uri() {
        return uri;
    }

    @Override
    public KeyType type() {
        return type;
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
        requireFit(scheme, digest);
        return store.sign(file, scheme, digest, null);
    }

    /// The certificate of the TPM's maker is in it, which tells this machine from all others.
    @Override
    public Evidence evidence() throws DeviceException {
        requireOpen();
        return new Evidence(Kind.TPM, List.of(store.claim(file)));
    }

    @Override
    public Bytes answer(Bytes challenge) throws DeviceException {
        requireOpen();
        return store.answer(file, challenge, null);
    }

    final void requireOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    final void requireFit(Scheme scheme, Bytes digest) throws DeviceException {
        requireOpen();
        Digests.require(type, scheme, digest);
        if (scheme.isPss() && !file.pss()) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED,
                    "This TPM's salt in PSS is not as long as the hash.");
        }
    }

    @Override
    public List<X509Certificate> certificates() throws DeviceException {
        requireOpen();
        return store.certificates(uri, publicKey).read();
    }

    @Override
    public void keep(List<X509Certificate> certificates) throws DeviceException {
        requireOpen();
        store.certificates(uri, publicKey).keep(certificates);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "DeviceKey " + uri;
    }

    /// One that has a PIN.
    private static final class Guarded extends TpmDeviceKey implements PinProtected {
        private final HeldPin held = new HeldPin(System::nanoTime, InstantSource.system());

        private Guarded(
                TpmStore store, KeyUri uri, KeyType type, PublicKey publicKey, PinnedFile file) {
            super(store, uri, type, publicKey, file);
        }

        @Override
        public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
            requireFit(scheme, digest);
            try (var pin = held.take()) {
                if (pin == null) {
                    throw new DeviceException(DeviceFailure.PIN_NEEDED);
                }
                return tried(scheme, digest, pin);
            }
        }

        @Override
        public Bytes answer(Bytes challenge) throws DeviceException {
            requireOpen();
            try (var pin = held.take()) {
                if (pin == null) {
                    throw new DeviceException(DeviceFailure.PIN_NEEDED);
                }
                return owner().answer(current(), challenge, pin);
            } catch (DeviceException e) {
                if (e.failure() == DeviceFailure.PIN_WRONG) {
                    held.drop();
                }
                throw e;
            }
        }

        /// A PIN that turned out wrong is not held on to: each use would count.
        private Bytes tried(Scheme scheme, Bytes digest, Secret pin) throws DeviceException {
            try {
                return owner().sign(current(), scheme, digest, pin);
            } catch (DeviceException e) {
                if (e.failure() == DeviceFailure.PIN_WRONG) {
                    held.drop();
                }
                throw e;
            }
        }

        @Override
        public PinState pinState() throws DeviceException {
            return state(owner().lockout());
        }

        private PinState state(Lockout lockout) {
            return new PinState(
                    !held.isHeld(), lockout.triesLeft(), lockout.most(), lockout.forgets());
        }

        @Override
        public void unlock(Secret pin, PinPolicy policy) throws DeviceException {
            requireTry(pin);
            var hash = HashAlgorithm.SHA256;
            var scheme = Scheme.plain(scheme().family(), hash);
            // of no use to anybody: nothing has this digest
            var digest = Bytes.of(new byte[hash.length()]);
            requireFit(scheme, digest);
            var _ = tried(scheme, digest, pin);
            held.hold(pin, policy);
        }

        private Scheme scheme() {
            return type().schemes().getFirst();
        }

        private void requireTry(Secret pin) throws DeviceException {
            requirePin(pin);
            var state = pinState();
            if (state.triesLeft() == 0) {
                throw new DeviceException(DeviceFailure.PIN_LOCKED, state.sentence());
            }
        }

        @Override
        public void lock() {
            held.drop();
        }

        @Override
        public void changePin(Secret pin, Secret newPin) throws DeviceException {
            requirePin(newPin);
            requireTry(pin);
            held.drop();
            replace(owner().changePin(uri(), current(), pin, newPin));
        }

        @Override
        public void close() {
            held.drop();
            super.close();
        }
    }

    final TpmStore owner() {
        return store;
    }

    final PinnedFile current() {
        return file;
    }

    final void replace(PinnedFile changed) {
        file = changed;
    }

    /// What a TPM takes as an `authValue`, see [dev.custodian.device.tpm.TpmStorage].
    static void requirePin(Secret pin) throws DeviceException {
        if (pin.size() < 1 || pin.size() > LONGEST_PIN || pin.expose()[pin.size() - 1] == 0) {
            throw new DeviceException(
                    DeviceFailure.PIN_UNFIT, "It has to have 1 to 32 octets, the last not 0.");
        }
    }
}
