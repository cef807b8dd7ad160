package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.piv.PivKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A key in a slot of a card. Whether it wants the card's PIN, and what it signs, is said by its
/// abilities.
sealed class PivDeviceKey implements DeviceKey, CertificateHolding, Attesting {
    private final PivStore store;
    private final KeyUri uri;
    private final PivKey key;
    private final KeyType type;
    private final @Nullable Guard guard;
    private volatile boolean closed;

    PivDeviceKey(PivStore store, KeyUri uri, PivKey key, boolean guarded) {
        this.store = store;
        this.uri = uri;
        this.key = key;
        this.type = type(key);
        this.guard = guarded ? new Guard() : null;
    }

    private static KeyType type(PivKey key) {
        return switch (key.algorithm()) {
            case P256 -> KeyType.P256;
            case P384 -> KeyType.P384;
            case RSA_2048 -> KeyType.RSA_2048;
            case RSA_3072 -> KeyType.RSA_3072;
            case ED25519 -> KeyType.ED25519;
        };
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
        return key.publicKey();
    }

    @Override
    public <T> Optional<T> ability(Class<T> ability) {
        if (ability == PinProtected.class) {
            return guard == null ? Optional.empty() : Optional.of(ability.cast(guard));
        }
        if (ability == MessageSigning.class) {
            MessageSigning signing = this::signMessage;
            return type == KeyType.ED25519 ? Optional.of(ability.cast(signing)) : Optional.empty();
        }
        return DeviceKey.super.ability(ability);
    }

    @Override
    public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
        requireOpen();
        Digests.require(type, scheme, digest);
        return signed(pin -> store.sign(card -> card.sign(key, scheme, digest, pin), pin));
    }

    private Bytes signMessage(Bytes message) throws DeviceException {
        requireOpen();
        return signed(pin -> store.sign(card -> card.sign(key, message, pin), pin));
    }

    private interface Signing {
        Bytes sign(@Nullable Secret pin) throws DeviceException;
    }

    private Bytes signed(Signing signing) throws DeviceException {
        return guard == null ? signing.sign(null) : guard.signed(signing);
    }

    final void requireOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    /// The one that lies beside it, unless a former key left it there: none then.
    @Override
    public List<X509Certificate> certificates() throws DeviceException {
        requireOpen();
        return store.call(card -> card.certificate(key.slot())).filter(this::isOfThis).stream()
                .toList();
    }

    private boolean isOfThis(X509Certificate certificate) {
        return Bytes.of(certificate.getPublicKey().getEncoded())
                .equals(Bytes.of(publicKey().getEncoded()));
    }

    /// A slot holds one: what vouches for it is not on the card. Needs the management key.
    @Override
    public void keep(List<X509Certificate> certificates) throws DeviceException {
        requireOpen();
        if (certificates.size() > 1) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "A slot of a card holds one certificate.");
        }
        if (certificates.isEmpty()) {
            store.managed((card, management) -> card.deleteCertificate(key.slot(), management));
            return;
        }
        var certificate = certificates.getFirst();
        if (!isOfThis(certificate)) {
            throw new IllegalArgumentException("a certificate of another key");
        }
        store.managed(
                (card, management) ->
                        card.putCertificate(key.slot(), certificate, false, management));
    }

    @Override
    public Evidence evidence() throws DeviceException {
        requireOpen();
        if (store.call(card -> card.metadata(key.slot())).stream()
                .anyMatch(it -> !it.generated())) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED,
                    "The key was brought to the card from outside: no maker vouches for it. Make"
                            + " one in the card.");
        }
        var chain = store.call(card -> card.attest(key.slot()));
        if (chain.isEmpty()) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "The card has no attestation of its maker.");
        }
        return new Evidence(Kind.PIV, chain.get());
    }

    @Override
    public void close() {
        closed = true;
        if (guard != null) {
            guard.lock();
        }
    }

    @Override
    public String toString() {
        return "DeviceKey " + uri;
    }

    /// The card's PIN in front of the key.
    private final class Guard implements PinProtected {
        private final HeldPin held = new HeldPin(System::nanoTime, InstantSource.system());

        /// Which of the card's PINs it is, as [PivConnection#pins] counts them.
        private volatile int which;

        private Bytes signed(Signing signing) throws DeviceException {
            dropFormer();
            try (var pin = held.take()) {
                if (pin == null) {
                    throw new DeviceException(DeviceFailure.PIN_NEEDED);
                }
                requireTries();
                return signing.sign(pin);
            } catch (DeviceException e) {
                release(e.failure());
                throw e;
            }
        }

        /// One PIN is all keys', and may have been changed by another of them.
        private void dropFormer() {
            if (which != store.connection().pins()) {
                held.drop();
            }
        }

        /// It was right once. Whether it still is, nobody may find out by the last try but a person
        /// who was told of it. A card that takes one PIN at most is always at its last.
        private void requireTries() throws DeviceException {
            var told = store.call(card -> card.pinState());
            if (told.isBlocked()) {
                throw locked();
            }
            if (told.left() == 1 && told.limit() != 1) {
                throw new DeviceException(
                        DeviceFailure.PIN_NEEDED,
                        "The card has one try left: the PIN that was given before was not sent.");
            }
        }

        /// One that turned out wrong, or may be, is not held on to: each use would count.
        private void release(DeviceFailure failure) {
            switch (failure) {
                case PIN_WRONG -> {
                    held.drop();
                    store.connection().pinBecameAnother();
                }
                case PIN_NEEDED, PIN_LOCKED -> held.drop();
                default -> {
                    // the card is away, say
                }
            }
        }

        @Override
        public PinState pinState() throws DeviceException {
            requireOpen();
            dropFormer();
            var told = store.call(card -> card.pinState());
            return new PinState(!held.isHeld(), told.left(), told.limit(), Duration.ZERO);
        }

        private static DeviceException locked() {
            return new DeviceException(
                    DeviceFailure.PIN_LOCKED, "The card's PUK gives it a new PIN.");
        }

        private interface Trying {
            void run() throws DeviceException;
        }

        /// Some cards tell the last wrong PIN as wrong, others as the end: it was wrong.
        private void tried(Trying trying) throws DeviceException {
            if (pinState().triesLeft() == 0) {
                throw locked();
            }
            try {
                trying.run();
            } catch (DeviceException e) {
                throw e.failure() == DeviceFailure.PIN_LOCKED
                        ? new DeviceException(
                                DeviceFailure.PIN_WRONG, e.code(), "It was the last try.", e)
                        : e;
            }
        }

        @Override
        public void unlock(Secret pin, PinPolicy policy) throws DeviceException {
            int now = store.connection().pins();
            tried(() -> store.verify(pin));
            which = now;
            held.hold(pin, policy);
        }

        @Override
        public void lock() {
            held.drop();
        }

        @Override
        public void changePin(Secret pin, Secret newPin) throws DeviceException {
            held.drop();
            tried(() -> store.changePin(pin, newPin));
        }
    }

    /// One for a trial.
    static final class Trial extends PivDeviceKey {
        private final PivStore owner;
        private final PivKey made;

        Trial(PivStore store, KeyUri uri, PivKey key) {
            super(store, uri, key, false);
            this.owner = store;
            this.made = key;
        }

        @Override
        public void close() {
            super.close();
            owner.forget(made.slot());
        }
    }
}
