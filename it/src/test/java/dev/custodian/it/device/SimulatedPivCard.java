package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A PIV card as a program: SP 800-73-4, and what cards of Yubico's have beyond it. It misbehaves
/// as real ones do, when it is told to. Its keys are in our memory: it proves nothing about
/// hardware.
final class SimulatedPivCard {
    static final String PIN = "123456";
    static final String PUK = "12345678";
    static final int SERIAL = 7_654_321;

    static final int VERIFY = 0x20;
    static final int GENERAL_AUTHENTICATE = 0x87;
    static final int GET_RESPONSE = 0xc0;
    static final int GET_DATA = 0xcb;

    private static final byte[] FIRMWARE = {5, 7, 1};

    /// The firmware of Yubico's from which on cards tell of their keys, and delete them.
    private static final int TELLS = 3;

    private static final int DELETES = 7;

    /// T=1; among the historical bytes that it takes extended length, or no word of it.
    private static final Bytes EXTENDED_ATR = Bytes.fromHex("3b8580018073c021c0d6");

    private static final Bytes SHORT_ATR = Bytes.fromHex("3b8180018080");

    private static final Bytes APPLICATION = Bytes.fromHex("a000000308");
    private static final Bytes TEMPLATE = Bytes.fromHex("61114f0600001000010079074f05a000000308");
    private static final Bytes CARD_HOLDER_ID = Bytes.fromHex("5fc102");
    private static final Bytes ATTESTATION = Bytes.fromHex("5fff01");

    private static final int OK = 0x9000;
    private static final int LIMIT = 3;
    private static final int NEVER = 1;
    private static final int ONCE = 2;
    private static final int ALWAYS = 3;

    /// What goes wrong.
    enum Fault {
        /// The signature has a wrong bit.
        LYING_SIGNATURE,
        /// Of a long answer there is at first only that it waits.
        BARE_61,
        /// The rest of an answer is given only to whoever asks for exactly its length.
        WANTS_EXACT_LE,
        /// The card says that it takes extended length, and does not.
        LYING_ATR,
        /// The PIN stays verified until the card is reset.
        KEEPS_PIN,
        /// The same, and the card says that it does not.
        FEIGNS_TO_FORGET
    }

    /// The card left the reader while it was thinking.
    static final class PulledException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// What kind of card.
    enum Kind {
        /// One of Yubico's.
        YUBICO,
        /// The same with an AES management key.
        YUBICO_AES,
        /// One of the standard, which takes short commands only.
        PLAIN
    }

    private final Kind kind;
    private final int serial;
    private final SimulatedManagement management;
    private final SimulatedMaker maker;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final Map<Integer, SimulatedKey> keys = new HashMap<>();
    private final Set<Integer> brought = new HashSet<>();
    private final Map<Bytes, byte[]> objects = new HashMap<>();
    private final List<Bytes> commands = new ArrayList<>();
    private int pinsSeen;

    private byte[] pin = padded(PIN);
    private byte[] puk = padded(PUK);
    private int limit = LIMIT;
    private int pinTries = LIMIT;
    private int pukTries = LIMIT;
    private int pullsAt = -1;
    private int forgetsAt = -1;
    private byte[] firmware = FIRMWARE;

    private boolean selected;
    private boolean verified;
    private boolean fresh;
    private final ByteArrayOutputStream chain = new ByteArrayOutputStream();
    private byte[] rest = {};

    SimulatedPivCard(Kind kind) {
        this(kind, SERIAL);
    }

    SimulatedPivCard(Kind kind, int serial) {
        this(kind, serial, new SimulatedMaker());
    }

    SimulatedPivCard(Kind kind, int serial, SimulatedMaker maker) {
        this.maker = maker;
        this.kind = kind;
        this.serial = serial;
        this.management =
                new SimulatedManagement(
                        kind == Kind.YUBICO_AES
                                ? SimulatedManagement.AES_192
                                : SimulatedManagement.TRIPLE_DES);
        var guid = new byte[16];
        new SecureRandom().nextBytes(guid);
        objects.put(
                CARD_HOLDER_ID,
                Bytes.concat(
                                Bytes.of(Ber.write(0x30, new byte[25])),
                                Bytes.of(Ber.write(0x34, guid)),
                                Bytes.of(Ber.write(0x35, Bytes.utf8("20991231").toArray())),
                                Bytes.fromHex("3e00fe00"))
                        .toArray());
        objects.put(ATTESTATION, certificate(maker.card()));
    }

    private static byte[] padded(String text) {
        var padded = Arrays.copyOf(Bytes.utf8(text).toArray(), 8);
        Arrays.fill(padded, text.length(), 8, (byte) 0xff);
        return padded;
    }

    private static byte[] certificate(X509Certificate certificate) {
        try {
            return Bytes.concat(
                            Bytes.of(Ber.write(0x70, certificate.getEncoded())),
                            Bytes.fromHex("710100fe00"))
                    .toArray();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    // what a test says and sees

    synchronized void has(Fault fault) {
        faults.add(fault);
    }

    synchronized void isWellAgain() {
        faults.clear();
    }

    /// Is one of Yubico's with an older firmware, 5.`minor`: with fewer commands.
    synchronized void isOf(int minor) {
        firmware = new byte[] {5, (byte) minor, 0};
    }

    /// Leaves the reader at the next command of this INS octet.
    synchronized void leavesAt(int ins) {
        pullsAt = ins;
    }

    /// Forgets the PIN before the next command of this INS octet, and tells nobody.
    synchronized void forgetsAt(int ins) {
        forgetsAt = ins;
    }

    /// Takes so many wrong PINs.
    synchronized void takesTries(int most) {
        limit = most;
        pinTries = most;
    }

    /// Has a key brought to it, in place of one that it made.
    synchronized void takes(int slot, KeyPair pair) {
        keys.put(slot, new SimulatedKey(SimulatedKey.P256, pair, NEVER, NEVER));
        brought.add(slot);
    }

    X509Certificate root() {
        return maker.root();
    }

    synchronized int pinTries() {
        return pinTries;
    }

    /// How many PINs came, right and wrong ones.
    synchronized int pinsSeen() {
        return pinsSeen;
    }

    /// Whether whoever comes next finds the PIN verified.
    synchronized boolean isVerified() {
        return verified;
    }

    /// Those of an INS octet since the last time, chained parts each for itself.
    synchronized List<Bytes> commands(int ins) {
        var found = commands.stream().filter(one -> one.at(1) == (byte) ins).toList();
        commands.clear();
        return found;
    }

    // what the reader says

    byte[] atr() {
        return (kind == Kind.PLAIN ? SHORT_ATR : EXTENDED_ATR).toArray();
    }

    synchronized void reset() {
        selected = false;
        verified = false;
        management.forget();
        chain.reset();
        rest = new byte[0];
    }

    /// The answer to a command, with the status word.
    synchronized byte[] answer(byte[] octets) throws PulledException {
        commands.add(Bytes.of(octets));
        int ins = octets[1] & 0xff;
        if (ins == pullsAt) {
            pullsAt = -1;
            throw new PulledException();
        }
        if (ins == forgetsAt) {
            forgetsAt = -1;
            verified = false;
        }
        var command = SimulatedCommand.of(octets);
        if (command.isExtended() && (kind == Kind.PLAIN || faults.contains(Fault.LYING_ATR))) {
            return status(0x6700);
        }
        if (ins == GET_RESPONSE) {
            return rest(command.le());
        }
        chain.writeBytes(command.data().toArray());
        if (command.isChained()) {
            return status(OK);
        }
        var data = chain.toByteArray();
        chain.reset();
        try {
            return cut(command, answer(command, data));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// What fits into the answer; the rest waits.
    private byte[] cut(SimulatedCommand command, byte[] answer) {
        int size = answer.length - 2;
        if (command.isExtended() || size <= SimulatedCommand.LONGEST) {
            return answer;
        }
        rest = Arrays.copyOf(answer, size);
        return faults.contains(Fault.BARE_61) ? status(0x6100) : rest(SimulatedCommand.LONGEST);
    }

    private byte[] rest(int le) {
        int due = Math.min(rest.length, SimulatedCommand.LONGEST);
        if (faults.contains(Fault.WANTS_EXACT_LE) && le != due && due < SimulatedCommand.LONGEST) {
            return status(0x6c00 + due);
        }
        var part = Arrays.copyOf(rest, Math.min(due, le));
        rest = Arrays.copyOfRange(rest, part.length, rest.length);
        int word =
                rest.length == 0
                        ? OK
                        : 0x6100 + (rest.length < SimulatedCommand.LONGEST ? rest.length : 0);
        return Bytes.concat(Bytes.of(part), Bytes.of(status(word))).toArray();
    }

    private static byte[] status(int word) {
        return new byte[] {(byte) (word >> 8), (byte) word};
    }

    private static byte[] ok(byte[] data) {
        return Bytes.concat(Bytes.of(data), Bytes.of(status(OK))).toArray();
    }

    // the card

    private byte[] answer(SimulatedCommand command, byte[] data) throws GeneralSecurityException {
        if (command.ins() == 0xa4) {
            boolean ours = data.length >= 5 && Bytes.of(data).slice(0, 5).equals(APPLICATION);
            selected |= ours;
            return ours ? ok(TEMPLATE.toArray()) : status(0x6a82);
        }
        if (!selected) {
            return status(0x6d00);
        }
        return switch (command.ins()) {
            case VERIFY -> verify(command, data);
            case 0x24 -> replace(command.p2() == 0x80, data, command.p2() == 0x80);
            case 0x2c -> replace(false, data, true);
            case GENERAL_AUTHENTICATE -> authenticate(command, data);
            case 0x47 -> management.isProved() ? generate(command.p2(), data) : status(0x6982);
            case GET_DATA -> get(data);
            case 0xdb -> management.isProved() ? put(data) : status(0x6982);
            default -> kind == Kind.PLAIN ? status(0x6d00) : yubico(command);
        };
    }

    private byte[] verify(SimulatedCommand command, byte[] data) {
        if (command.p1() == 0xff) {
            if (faults.contains(Fault.KEEPS_PIN)) {
                return status(0x6a86);
            }
            verified &= faults.contains(Fault.FEIGNS_TO_FORGET);
            return status(OK);
        }
        if (command.p2() != 0x80) {
            return status(0x6a88);
        }
        if (data.length == 0) {
            return status(verified ? OK : tries(pinTries));
        }
        pinsSeen++;
        verified = pinIs(data);
        fresh = verified;
        return status(verified ? OK : tries(pinTries));
    }

    private static int tries(int left) {
        return left == 0 ? 0x6983 : 0x63c0 + left;
    }

    private boolean pinIs(byte[] data) {
        boolean right = pinTries > 0 && Arrays.equals(data, pin);
        pinTries = right ? limit : Math.max(0, pinTries - 1);
        return right;
    }

    private boolean pukIs(byte[] data) {
        boolean right = pukTries > 0 && Arrays.equals(data, puk);
        pukTries = right ? LIMIT : Math.max(0, pukTries - 1);
        return right;
    }

    private byte[] replace(boolean byPin, byte[] data, boolean ofPin) {
        if (data.length != 16) {
            return status(0x6700);
        }
        var old = Arrays.copyOf(data, 8);
        pinsSeen += byPin ? 1 : 0;
        if (!(byPin ? pinIs(old) : pukIs(old))) {
            return status(tries(byPin ? pinTries : pukTries));
        }
        var next = Arrays.copyOfRange(data, 8, 16);
        if (ofPin) {
            pin = next;
            pinTries = limit;
        } else {
            puk = next;
        }
        return status(OK);
    }

    private byte[] authenticate(SimulatedCommand command, byte[] data)
            throws GeneralSecurityException {
        var template = Ber.find(data, 0x7c);
        if (template == null) {
            return status(0x6a80);
        }
        if (command.p2() == 0x9b) {
            if (command.p1() != management.algorithm()) {
                return status(0x6a86);
            }
            var answer = management.answer(template);
            return answer == null ? status(0x6982) : ok(Ber.write(0x7c, answer));
        }
        var key = keys.get(command.p2());
        if (key == null || key.algorithm() != command.p1()) {
            return status(0x6a86);
        }
        if (key.pinPolicy() == ONCE && !verified
                || key.pinPolicy() == ALWAYS && !(verified && fresh)) {
            return status(0x6982);
        }
        fresh = false;
        var signature = key.operate(Ber.bytes(Ber.find(template, 0x81)).toArray());
        if (signature == null) {
            return status(0x6a80);
        }
        if (faults.contains(Fault.LYING_SIGNATURE)) {
            signature[signature.length - 1] ^= 1;
        }
        return ok(Ber.write(0x7c, Ber.write(0x82, signature)));
    }

    private byte[] generate(int slot, byte[] data) throws GeneralSecurityException {
        var template = Ber.bytes(Ber.find(data, 0xac)).toArray();
        var algorithm = Ber.bytes(Ber.find(template, 0x80));
        var pair = algorithm.size() == 1 ? SimulatedKey.pair(algorithm.at(0) & 0xff) : null;
        var pinPolicy = Ber.bytes(Ber.find(template, 0xaa));
        var touchPolicy = Ber.bytes(Ber.find(template, 0xab));
        if (pair == null || kind == Kind.PLAIN && pinPolicy.size() > 0) {
            return status(0x6a80);
        }
        int usual = slot == 0x9c ? ALWAYS : slot == 0x9e ? NEVER : ONCE;
        var key =
                new SimulatedKey(
                        algorithm.at(0) & 0xff,
                        pair,
                        pinPolicy.size() == 0 ? usual : pinPolicy.at(0),
                        touchPolicy.size() == 0 ? NEVER : touchPolicy.at(0));
        keys.put(slot, key);
        brought.remove(slot);
        return ok(Ber.write(0x7f49, key.publicKey()));
    }

    private byte[] get(byte[] data) {
        var object = objects.get(Ber.bytes(Ber.find(data, 0x5c)));
        return object == null ? status(0x6a82) : ok(Ber.write(0x53, object));
    }

    private byte[] put(byte[] data) {
        var name = Ber.bytes(Ber.find(data, 0x5c));
        var content = Ber.bytes(Ber.find(data, 0x53));
        if (content.size() == 0) {
            objects.remove(name);
        } else {
            objects.put(name, content.toArray());
        }
        return status(OK);
    }

    private byte[] yubico(SimulatedCommand command) throws GeneralSecurityException {
        return switch (command.ins()) {
            case 0xfd -> ok(firmware);
            case 0xf8 -> ok(Bytes.u32(serial).toArray());
            case 0xf7 -> firmware[1] < TELLS ? status(0x6d00) : metadata(command.p2());
            case 0xf9 -> {
                var key = keys.get(command.p1());
                yield key == null || brought.contains(command.p1())
                        ? status(key == null ? 0x6a88 : 0x6a80)
                        : ok(maker.attest(command.p1(), key, firmware, serial).getEncoded());
            }
            case 0xf6 -> {
                if (firmware[1] < DELETES) {
                    yield status(0x6d00);
                }
                if (!management.isProved() || command.p1() != 0xff) {
                    yield status(0x6982);
                }
                yield status(keys.remove(command.p2()) == null ? 0x6a88 : OK);
            }
            default -> status(0x6d00);
        };
    }

    private byte[] metadata(int slot) {
        if (slot == 0x80) {
            return ok(
                    Bytes.concat(
                                    Bytes.of(Ber.number(1, 0xff)),
                                    Bytes.of(Ber.number(5, 1)),
                                    Bytes.of(Ber.number(6, limit, pinTries)))
                            .toArray());
        }
        if (slot == 0x9b) {
            return ok(
                    Bytes.concat(
                                    Bytes.of(Ber.number(1, management.algorithm())),
                                    Bytes.of(Ber.number(2, 0, NEVER)),
                                    Bytes.of(Ber.number(5, 1)))
                            .toArray());
        }
        var key = keys.get(slot);
        if (key == null) {
            return status(0x6a88);
        }
        return ok(
                Bytes.concat(
                                Bytes.of(Ber.number(1, key.algorithm())),
                                Bytes.of(Ber.number(2, key.pinPolicy(), key.touchPolicy())),
                                Bytes.of(Ber.number(3, brought.contains(slot) ? 2 : 1)),
                                Bytes.of(Ber.write(4, key.publicKey())))
                        .toArray());
    }
}
