package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A PIV card of the plain kind with one key, in a slot that wants the PIN. Lies, and forgets, when
/// it is told to.
final class FakeCard implements CardConnection {
    static final String PIN = "123456";
    private static final int TRIES = 3;

    private final PivAlgorithm algorithm;
    private final KeyPair keys;
    private final Map<String, Bytes> objects = new HashMap<>();
    private byte[] witness = {};
    boolean verified;
    private boolean managed;
    private boolean begun;

    /// Commands by their INS octet.
    final List<Integer> seen = new ArrayList<>();

    byte[] managementKey = new byte[24];
    int triesLeft = TRIES;

    /// What it says of itself; empty for nothing.
    Bytes number = Bytes.of(new byte[] {0, 1, 2, 3});

    /// That of the card that is in the reader after the next reset.
    Bytes numberAfterwards = number;

    /// How many PINs came.
    int pins;

    /// Whether it takes VERIFY with P1 FF.
    boolean takesForget = true;

    /// How many commands to forget the PIN do not get through.
    int deafToForget;

    /// How many resets do not.
    int deafToReset;

    /// The same, since the card was pulled.
    boolean pulledAtForget;

    /// How often we had it forget all.
    int madeForget;

    int resets;
    int forgets;
    boolean lies;

    FakeCard(PivAlgorithm algorithm) {
        this.algorithm = algorithm;
        this.keys = pair(algorithm);
    }

    private static KeyPair pair(PivAlgorithm algorithm) {
        try {
            return switch (algorithm) {
                case P256, P384 -> {
                    var generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp" + algorithm.bits() + "r1"));
                    yield generator.generateKeyPair();
                }
                case RSA_2048, RSA_3072 -> {
                    var generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(algorithm.bits());
                    yield generator.generateKeyPair();
                }
                case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            };
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    PivKey key() {
        return new PivKey(Slot.AUTHENTICATION, algorithm, keys.getPublic());
    }

    static Secret secret(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    long times(Ins ins) {
        return seen.stream().filter(one -> one == ins.number()).count();
    }

    @Override
    public byte[] transmit(byte[] command) throws IOException {
        if (!begun) {
            throw new AssertionError("a command outside of a transaction");
        }
        seen.add(command[1] & 0xff);
        try {
            if ((command[1] & 0xff) == Ins.VERIFY.number() && command[2] != 0) {
                meetForget();
            }
            return answer(command);
        } catch (MalformedException | GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private byte[] answer(byte[] command) throws MalformedException, GeneralSecurityException {
        // extended, or short
        int from = command.length > 4 && command[4] == 0 && command.length > 7 ? 7 : 5;
        int size =
                command.length < from
                        ? 0
                        : from == 7
                                ? (command[5] & 0xff) << 8 | command[6] & 0xff
                                : command[4] & 0xff;
        var data = size == 0 ? Bytes.EMPTY : Bytes.of(command).slice(from, from + size);
        return switch (command[1] & 0xff) {
            case 0xa4 -> status(0x9000);
            case 0xf8 -> number.size() == 0 ? status(0x6d00) : ok(number.toArray());
            case 0x20 -> command[2] == 0 ? verify(data) : forget();
            case 0x47 -> managed ? generate() : status(0x6982);
            case 0x87 -> (command[3] & 0xff) == 0x9b ? manage(data) : operate(data);
            case 0xcb -> {
                var object = objects.get(data.hex());
                yield object == null ? status(0x6a82) : ok(Tlv.write(0x53, object.toArray()));
            }
            case 0xdb -> {
                if (!managed) {
                    yield status(0x6982);
                }
                var in = new Tlv(data);
                var name = Bytes.of(Tlv.write(0x5c, in.element(0x5c).toArray()));
                objects.put(name.hex(), in.element(0x53));
                yield status(0x9000);
            }
            default -> status(0x6d00);
        };
    }

    void hold(Slot slot, Bytes object) {
        hold(slot.object(), object);
    }

    void hold(int tag, Bytes object) {
        var name = Bytes.u32(tag).slice(1, 4).toArray();
        objects.put(Bytes.of(Tlv.write(0x5c, name)).hex(), object);
    }

    private void meetForget() throws PivException {
        if (pulledAtForget) {
            verified = false;
            throw PivException.of(Meaning.CARD_GONE, "sending to the card");
        }
        if (deafToForget > 0) {
            deafToForget--;
            throw PivException.of(Meaning.COMMUNICATION, "sending to the card");
        }
    }

    private byte[] forget() {
        if (!takesForget) {
            return status(0x6a86);
        }
        verified = false;
        return status(0x9000);
    }

    private byte[] verify(Bytes pin) {
        if (triesLeft == 0) {
            return status(0x6983);
        }
        if (pin.size() == 0) {
            return status(verified ? 0x9000 : 0x63c0 + triesLeft);
        }
        pins++;
        var right = Bytes.concat(Bytes.utf8(PIN), Bytes.fromHex("ffff"));
        verified = pin.equals(right);
        if (verified) {
            triesLeft = TRIES;
            return status(0x9000);
        }
        triesLeft--;
        return status(0x63c0 + triesLeft);
    }

    private byte[] generate() {
        return ok(Tlv.write(0x7f49, Tlv.write(0x86, point())));
    }

    private byte[] point() {
        var w = ((ECPublicKey) keys.getPublic()).getW();
        return Bytes.concat(
                        Bytes.of(new byte[] {4}),
                        fixed(w.getAffineX(), algorithm.octets()),
                        fixed(w.getAffineY(), algorithm.octets()))
                .toArray();
    }

    private static Bytes fixed(BigInteger number, int size) {
        var octets = number.toByteArray();
        int from = Math.max(0, octets.length - size);
        return Bytes.concat(
                Bytes.of(new byte[size - (octets.length - from)]),
                Bytes.of(octets).slice(from, octets.length));
    }

    private byte[] manage(Bytes data) throws MalformedException, GeneralSecurityException {
        var in = new Tlv(Tlv.only(0x7c, data));
        var proof = in.element(0x80);
        if (proof.size() == 0) {
            witness = new byte[] {1, 2, 3, 4, 5, 6, 7, 8};
            return ok(Tlv.write(0x7c, Tlv.write(0x80, encrypt(witness))));
        }
        if (!proof.equals(Bytes.of(witness))) {
            return status(0x6982);
        }
        managed = true;
        var challenge = in.element(0x81).toArray();
        var response = encrypt(challenge);
        if (lies) {
            response[0] ^= 1;
        }
        return ok(Tlv.write(0x7c, Tlv.write(0x82, response)));
    }

    private byte[] encrypt(byte[] block) throws GeneralSecurityException {
        // One block: in CBC without a vector it is the bare cipher.
        var cipher = Cipher.getInstance("DESede/CBC/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(managementKey, "DESede"),
                new IvParameterSpec(new byte[8]));
        return cipher.doFinal(block);
    }

    private byte[] operate(Bytes data) throws MalformedException, GeneralSecurityException {
        if (forgets > 0) {
            forgets--;
            verified = false;
        }
        if (!verified) {
            return status(0x6982);
        }
        var in = new Tlv(Tlv.only(0x7c, data));
        var _ = in.element(0x82);
        var signature = sign(in.element(0x81).toArray());
        if (lies) {
            signature[signature.length - 1] ^= 1;
        }
        return ok(Tlv.write(0x7c, Tlv.write(0x82, signature)));
    }

    private byte[] sign(byte[] input) throws GeneralSecurityException {
        if (keys.getPrivate() instanceof RSAPrivateKey key) {
            var block = new BigInteger(1, input);
            if (block.compareTo(((RSAPublicKey) keys.getPublic()).getModulus()) >= 0) {
                return new byte[1];
            }
            return fixed(
                            block.modPow(key.getPrivateExponent(), key.getModulus()),
                            algorithm.octets())
                    .toArray();
        }
        var signer =
                Signature.getInstance(
                        algorithm == PivAlgorithm.ED25519 ? "Ed25519" : "NONEwithECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(input);
        return signer.sign();
    }

    private static byte[] ok(byte[] data) {
        return Bytes.concat(Bytes.of(data), Bytes.fromHex("9000")).toArray();
    }

    private static byte[] status(int word) {
        return new byte[] {(byte) (word >> 8), (byte) word};
    }

    /// Short answers of any length: the reader joins them.
    @Override
    public boolean extendedLength() {
        return true;
    }

    @Override
    public void begin() throws IOException {
        if (resets > 0) {
            resets--;
            verified = false;
            throw PivException.of(Meaning.CARD_RESET, "taking the card");
        }
        begun = true;
    }

    @Override
    public void end() {
        begun = false;
        managed = false;
    }

    @Override
    public void reset() throws IOException {
        if (deafToReset > 0) {
            deafToReset--;
            throw PivException.of(Meaning.COMMUNICATION, "resetting the card");
        }
        verified = false;
        madeForget++;
    }

    @Override
    public void reconnect() {
        number = numberAfterwards;
    }

    @Override
    public void close() {}
}
