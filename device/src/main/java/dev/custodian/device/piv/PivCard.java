package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Firmware;
import dev.custodian.core.attest.PinPolicy;
import dev.custodian.core.attest.TouchPolicy;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A PIV card. Whatever is done is one transaction, in which no other program speaks to the card,
/// and which begins with selecting the application: others may have selected another. When one
/// reset the card since, the transaction is begun once more, unless another card is in the reader
/// now. After each PIN the card is made to forget it: what other programs had verified, too.
///
/// On Windows a transaction that idles for five seconds resets the card: a PIN is to be asked for
/// before. One thread at a time; the connection is the caller's to close.
public final class PivCard {
    private static final int PIN = 0x80;
    private static final int SHORTEST_PIN = 6;
    private static final int LONGEST_PIN = 8;

    private static final int CARD_HOLDER_ID = 0x5fc102;
    private static final int GUID = 0x34;

    private static final int KEY_CONTROL = 0xac;
    private static final int KEY_ALGORITHM = 0x80;
    private static final int KEY_PIN_POLICY = 0xaa;
    private static final int KEY_TOUCH_POLICY = 0xab;
    private static final int KEY_PUBLIC = 0x7f49;

    private static final int DYNAMIC = 0x7c;
    private static final int CHALLENGE = 0x81;
    private static final int RESPONSE = 0x82;

    private static final int PIN_TRIES = 6;
    private static final int DELETED = 0xff;

    private final Transactions card;
    private final SecureRandom random;

    /// @throws PivException [Meaning#NO_PIV] when the card is another
    public PivCard(CardConnection connection, SecureRandom random) throws IOException {
        this.card = new Transactions(connection, random);
        this.random = random;
    }

    // PIN

    /// How many tries are left; to be shown before asking. Costs none.
    public PinState pinState() throws IOException {
        return card.exclusively(
                () -> {
                    var told = card.offered(() -> card.send(Ins.GET_METADATA, 0, PIN));
                    return told.isPresent() ? pinState(told.get()) : countedPinState();
                });
    }

    private static PinState pinState(Bytes metadata) throws PivException {
        try {
            var in = new Tlv(metadata);
            while (in.hasNext()) {
                int tag = in.tag();
                var content = in.element();
                if (tag == PIN_TRIES && content.size() == 2) {
                    return new PinState(content.at(1) & 0xff, content.at(0) & 0xff);
                }
            }
            throw new MalformedException("no tries");
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_METADATA, e);
        }
    }

    /// VERIFY without a PIN (Part 2 §3.2.1).
    private PinState countedPinState() throws IOException {
        try {
            var _ = card.send(Ins.VERIFY, 0, PIN);
            return new PinState(PinState.UNKNOWN, PinState.UNKNOWN);
        } catch (PivException e) {
            if (e.triesLeft() < 0) {
                throw e;
            }
            return new PinState(e.triesLeft(), PinState.UNKNOWN);
        }
    }

    /// Looks whether the PIN is right. A wrong one is counted; the right one is forgotten again.
    public void verifyPin(Secret pin) throws IOException {
        card.withPin(
                () -> {
                    verify(pin);
                    return true;
                });
    }

    private void verify(Secret pin) throws IOException {
        card.sendPin(Ins.VERIFY, padded(pin));
    }

    public void changePin(Secret pin, Secret newPin) throws IOException {
        replace(Ins.CHANGE_REFERENCE_DATA, pin, newPin);
    }

    /// Gives a blocked card a new PIN. A wrong PUK is counted.
    public void unblockPin(Secret puk, Secret newPin) throws IOException {
        replace(Ins.RESET_RETRY_COUNTER, puk, newPin);
    }

    private void replace(Ins ins, Secret old, Secret next) throws IOException {
        card.withPin(
                () -> {
                    var both = new byte[2 * LONGEST_PIN];
                    try (var first = Secret.owning(padded(old));
                            var second = Secret.owning(padded(next))) {
                        System.arraycopy(first.expose(), 0, both, 0, LONGEST_PIN);
                        System.arraycopy(second.expose(), 0, both, LONGEST_PIN, LONGEST_PIN);
                    }
                    card.sendPin(ins, both);
                    return true;
                });
    }

    private static byte[] padded(Secret pin) throws PivException {
        if (pin.size() < SHORTEST_PIN || pin.size() > LONGEST_PIN) {
            throw PivException.of(Meaning.PIN_LENGTH, "not sent to the card");
        }
        var padded = new byte[LONGEST_PIN];
        Arrays.fill(padded, (byte) 0xff);
        System.arraycopy(pin.expose(), 0, padded, 0, pin.size());
        return padded;
    }

    // keys

    /// Makes a key in a slot, in place of one that is there (Part 2 §3.3.2). Without policies each
    /// slot has those of the standard.
    public PivKey generate(Slot slot, PivAlgorithm algorithm, Secret managementKey)
            throws IOException {
        return generate(slot, algorithm, new byte[0], managementKey);
    }

    /// The same with policies, on cards of Yubico's.
    public PivKey generate(
            Slot slot,
            PivAlgorithm algorithm,
            PinPolicy pinPolicy,
            TouchPolicy touchPolicy,
            Secret managementKey)
            throws IOException {
        var policies =
                Bytes.concat(
                        one(KEY_PIN_POLICY, pinPolicy.number()),
                        one(KEY_TOUCH_POLICY, touchPolicy.number()));
        return generate(slot, algorithm, policies.toArray(), managementKey);
    }

    private static Bytes one(int tag, int number) {
        return Bytes.of(Tlv.write(tag, new byte[] {(byte) number}));
    }

    private PivKey generate(
            Slot slot, PivAlgorithm algorithm, byte[] policies, Secret managementKey)
            throws IOException {
        var wanted =
                Tlv.write(KEY_CONTROL, one(KEY_ALGORITHM, algorithm.number()).toArray(), policies);
        var answer =
                card.managed(
                        managementKey,
                        () -> card.send(Ins.GENERATE, 0, slot.number(), wanted.clone()));
        try {
            var key = PublicKeys.read(algorithm, Tlv.only(KEY_PUBLIC, answer));
            return new PivKey(slot, algorithm, key);
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GENERATE, e);
        }
    }

    /// The key in a slot: what the card says of it, else what its certificate says.
    ///
    /// @throws PivException [Meaning#NO_KEY] or [Meaning#NOT_FOUND] when there is none
    public PivKey key(Slot slot) throws IOException {
        var metadata = metadata(slot);
        if (metadata.isPresent()) {
            return new PivKey(slot, metadata.get().algorithm(), metadata.get().publicKey());
        }
        var certificate = certificate(slot);
        if (certificate.isEmpty()) {
            throw PivException.of(Meaning.NO_KEY, "slot " + slot.hex());
        }
        var publicKey = certificate.get().getPublicKey();
        try {
            return new PivKey(slot, PivAlgorithm.of(publicKey), publicKey);
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_DATA, e);
        }
    }

    /// Signs a digest, and checks the signature.
    ///
    /// @param pin null when the slot wants none
    /// @return ECDSA as `r | s`, each as long as a coordinate; RSA as long as the modulus, PSS with
    ///   a salt as long as the hash
    public Bytes sign(PivKey key, Scheme scheme, Bytes digest, @Nullable Secret pin)
            throws IOException {
        if (digest.size() != scheme.hash().length()) {
            throw new IllegalArgumentException("a digest of another hash");
        }
        var algorithm = key.algorithm();
        if (algorithm
                .algorithm()
                .map(KeyAlgorithm::family)
                .filter(scheme.family()::equals)
                .isEmpty()) {
            throw new IllegalArgumentException("a scheme of another kind of key");
        }
        var input = SignatureInput.of(scheme, digest, algorithm, random);
        var answer = operate(key, input, pin);
        if (key.publicKey() instanceof RSAPublicKey rsa) {
            return checked(
                    answer,
                    answer.size() == algorithm.octets() && Signatures.isOf(rsa, input, answer));
        }
        var signature = fixed(answer, algorithm);
        return checked(
                signature,
                Signatures.isOf(key.publicKey(), "NONEwithECDSAinP1363Format", digest, signature));
    }

    /// Signs a message with a key of Ed25519, and checks the signature.
    ///
    /// @param pin null when the slot wants none
    public Bytes sign(PivKey key, Bytes message, @Nullable Secret pin) throws IOException {
        if (key.algorithm() != PivAlgorithm.ED25519) {
            throw new IllegalArgumentException("a key that signs digests");
        }
        var signature = operate(key, message, pin);
        return checked(signature, Signatures.isOf(key.publicKey(), "Ed25519", message, signature));
    }

    private static Bytes fixed(Bytes der, PivAlgorithm algorithm) throws PivException {
        try {
            return Signatures.fixed(der, algorithm.octets());
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GENERAL_AUTHENTICATE, e);
        }
    }

    private static Bytes checked(Bytes signature, boolean holds) throws PivException {
        if (!holds) {
            throw PivException.of(Meaning.WRONG_SIGNATURE, "the card's signature");
        }
        return signature;
    }

    /// The bare operation of the key (Part 2 §3.2.4). When the card has forgotten a PIN that it
    /// took just before, it is told once more.
    private Bytes operate(PivKey key, Bytes input, @Nullable Secret pin) throws IOException {
        if (pin == null) {
            return card.exclusively(() -> operate(key, input));
        }
        return card.withPin(
                () -> {
                    verify(pin);
                    try {
                        return operate(key, input);
                    } catch (PivException e) {
                        if (e.meaning() != Meaning.PIN_REQUIRED) {
                            throw e;
                        }
                        card.select();
                        verify(pin);
                        return operate(key, input);
                    }
                });
    }

    private Bytes operate(PivKey key, Bytes input) throws IOException {
        var data = Tlv.write(DYNAMIC, Tlv.write(RESPONSE), Tlv.write(CHALLENGE, input.toArray()));
        var answer =
                card.send(
                        Ins.GENERAL_AUTHENTICATE,
                        key.algorithm().number(),
                        key.slot().number(),
                        data);
        try {
            return Tlv.only(RESPONSE, Tlv.only(DYNAMIC, answer));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GENERAL_AUTHENTICATE, e);
        }
    }

    /// Takes the key out of a slot for good: cards of Yubico's from firmware 5.7 on.
    public void deleteKey(Slot slot, Secret managementKey) throws IOException {
        var _ = card.managed(managementKey, () -> card.send(Ins.MOVE_KEY, DELETED, slot.number()));
    }

    // objects

    /// The certificate of a slot.
    public Optional<X509Certificate> certificate(Slot slot) throws IOException {
        return card.exclusively(
                () -> {
                    var der = der(slot);
                    return der.isEmpty() ? Optional.empty() : Optional.of(parsed(der.get()));
                });
    }

    private Optional<Bytes> der(Slot slot) throws IOException {
        var object = card.object(slot.object());
        if (object.isEmpty() || object.get().size() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(CertificateObject.read(object.get()));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_DATA, e);
        }
    }

    private static X509Certificate parsed(Bytes der) throws PivException {
        try {
            return CertificateObject.parse(der);
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_DATA, e);
        }
    }

    /// Puts a certificate beside a key.
    ///
    /// @param compressed by gzip, for one that is too long for the card
    public void putCertificate(
            Slot slot, X509Certificate certificate, boolean compressed, Secret managementKey)
            throws IOException {
        try {
            card.put(
                    slot.object(), CertificateObject.write(certificate, compressed), managementKey);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    public void deleteCertificate(Slot slot, Secret managementKey) throws IOException {
        card.put(slot.object(), new byte[0], managementKey);
    }

    /// The card's own number in its card holder unique identifier: 16 octets; empty when nobody
    /// gave it one.
    public Optional<Bytes> guid() throws IOException {
        var object = card.exclusively(() -> card.object(CARD_HOLDER_ID));
        if (object.isEmpty()) {
            return Optional.empty();
        }
        try {
            var in = new Tlv(object.get());
            while (in.hasNext()) {
                int tag = in.tag();
                var content = in.element();
                if (tag == GUID) {
                    return Optional.of(content);
                }
            }
            return Optional.empty();
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_DATA, e);
        }
    }

    // Yubico's

    /// What the card says of the key in a slot; empty on cards that say nothing of keys.
    ///
    /// @throws PivException [Meaning#NO_KEY] when there is none
    public Optional<SlotMetadata> metadata(Slot slot) throws IOException {
        var answer =
                card.exclusively(
                        () -> card.offered(() -> card.send(Ins.GET_METADATA, 0, slot.number())));
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SlotMetadata.read(answer.get()));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_METADATA, e);
        }
    }

    /// What the maker of the card vouches for about a key that the card made, for
    /// [dev.custodian.core.attest.PivAttestation]: the statement and the card's certificate. Empty
    /// on cards without attestation.
    ///
    /// @throws PivException [Meaning#NO_KEY] when there is none that the card made
    public Optional<List<Bytes>> attest(Slot slot) throws IOException {
        return card.exclusively(
                () -> {
                    var statement = card.offered(() -> card.send(Ins.ATTEST, slot.number(), 0));
                    if (statement.isEmpty()) {
                        return Optional.empty();
                    }
                    var signer = der(Slot.ATTESTATION);
                    return signer.isEmpty()
                            ? Optional.empty()
                            : Optional.of(List.of(statement.get(), signer.get()));
                });
    }

    /// The number on the card; empty on cards that say none.
    public OptionalLong serial() throws IOException {
        var answer = card.exclusively(() -> card.offered(() -> card.send(Ins.GET_SERIAL, 0, 0)));
        if (answer.isEmpty()) {
            return OptionalLong.empty();
        }
        if (answer.get().size() != 4) {
            throw PivException.malformed(Ins.GET_SERIAL, "not four octets");
        }
        return OptionalLong.of(PublicKeys.number(answer.get()).longValueExact());
    }

    /// Empty on cards that say none.
    public Optional<Firmware> firmware() throws IOException {
        var answer = card.exclusively(() -> card.offered(() -> card.send(Ins.GET_VERSION, 0, 0)));
        try {
            return answer.isEmpty() ? Optional.empty() : Optional.of(Firmware.of(answer.get()));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_VERSION, e);
        }
    }
}
