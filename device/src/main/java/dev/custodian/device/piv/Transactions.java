package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Transactions with a card: none in between hears or says anything else. Each begins with
/// selecting the application, since others may have selected another.
final class Transactions {
    private static final byte[] APPLICATION = {(byte) 0xa0, 0, 0, 3, 8};
    private static final int BY_NAME = 0x04;

    private static final int OBJECT = 0x3fff;
    private static final int OBJECT_TAG = 0x5c;
    private static final int OBJECT_CONTENT = 0x53;

    private static final int PIN = 0x80;
    private static final int FORGET = 0xff;

    private static final int CARD_HOLDER_ID = 0x5fc102;
    private static final int HIGHEST_STATUS_WORD = 0xffff;

    private final CardConnection connection;
    private final SecureRandom random;
    private final ApduExchange exchange;

    /// What tells this card from others; empty when it says nothing of itself.
    private Bytes identity = Bytes.EMPTY;

    /// Whether another card may be in the reader since.
    private boolean anew;

    /// Whether the card may know a PIN that we sent.
    private boolean verified;

    Transactions(CardConnection connection, SecureRandom random) throws IOException {
        this.connection = connection;
        this.random = random;
        this.exchange = new ApduExchange(connection, System::nanoTime);
        this.identity = exclusively(this::identity);
        this.anew = false;
    }

    /// What is done in a transaction.
    interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /// Does it; once more when another program reset the card since the last one.
    <T extends @Nullable Object> T exclusively(Work<T> work) throws IOException {
        try {
            return once(work);
        } catch (PivException e) {
            if (e.meaning() != Meaning.CARD_RESET) {
                throw e;
            }
            connection.reconnect();
            anew = true;
            return once(work);
        }
    }

    private <T extends @Nullable Object> T once(Work<T> work) throws IOException {
        if (verified) {
            forgetAfterwards();
        }
        connection.begin();
        try {
            select();
            if (anew && identity.size() > 0) {
                requireSame();
                anew = false;
            }
            return work.run();
        } finally {
            connection.end();
        }
    }

    /// The same for what sends a PIN: to this card alone, which forgets after it that it was told.
    <T extends @Nullable Object> T withPin(Work<T> work) throws IOException {
        return exclusively(
                () -> {
                    requireSame();
                    if (anew) {
                        throw PivException.of(
                                Meaning.CARD_RESET,
                                "it may be another card, which it does not say");
                    }
                    try {
                        return work.run();
                    } finally {
                        forgetPin();
                    }
                });
    }

    /// Sends a PIN, in [#withPin].
    void sendPin(Ins ins, byte[] data) throws IOException {
        verified = true;
        try {
            var _ = send(ins, 0, PIN, data);
        } catch (PivException e) {
            verified = !isOfTheCard(e);
            throw e;
        }
    }

    /// A card leaves a PIN verified for whoever comes next. It is believed to have forgotten it
    /// when it says so, when it was reset, and when it has no power any more. One that may know it
    /// still is not used before it forgot it.
    private void forgetPin() throws IOException {
        if (verified && !hasForgotten()) {
            reset();
        }
        verified = false;
    }

    private boolean hasForgotten() {
        try {
            return forgets();
        } catch (IOException e) {
            return isOff(e);
        }
    }

    private void reset() throws IOException {
        anew = true;
        try {
            connection.reset();
        } catch (IOException e) {
            if (!isOff(e)) {
                throw kept(e);
            }
        }
    }

    /// What the use before this one could not do.
    private void forgetAfterwards() throws IOException {
        try {
            connection.begin();
            try {
                select();
                forgetPin();
            } finally {
                connection.end();
            }
        } catch (IOException e) {
            if (!isOff(e)) {
                throw kept(e);
            }
            verified = false;
            throw e;
        }
    }

    private static PivException kept(IOException e) {
        return e instanceof PivException told && told.meaning() == Meaning.PIN_KEPT
                ? told
                : PivException.reader(
                        "the card may not have forgotten its PIN", Meaning.PIN_KEPT, 0, e);
    }

    /// Whether the card lost its power, or was reset: a service that begins anew does that.
    private static boolean isOff(IOException e) {
        return e instanceof PivException told
                && switch (told.meaning()) {
                    case CARD_GONE, CARD_RESET, READER_GONE, SERVICE_GONE -> true;
                    default -> false;
                };
    }

    private boolean forgets() throws IOException {
        try {
            var _ = send(Ins.VERIFY, FORGET, PIN);
            var _ = send(Ins.VERIFY, 0, PIN);
            return false;
        } catch (PivException e) {
            if (!isOfTheCard(e)) {
                throw e;
            }
            return e.triesLeft() >= 0;
        }
    }

    /// Whether the card said so: not reader or service.
    private static boolean isOfTheCard(PivException e) {
        return e.meaning() == Meaning.MALFORMED_ANSWER
                || e.code() > 0 && e.code() <= HIGHEST_STATUS_WORD;
    }

    private void requireSame() throws IOException {
        if (!identity().equals(identity)) {
            throw PivException.of(Meaning.ANOTHER_CARD, "nothing was done with it");
        }
    }

    /// The number of a card of Yubico's, else what every card has to have (Part 1 §3.1.2).
    private Bytes identity() throws IOException {
        var number = told(() -> send(Ins.GET_SERIAL, 0, 0));
        return number.size() > 0 ? number : told(() -> object(CARD_HOLDER_ID).orElse(Bytes.EMPTY));
    }

    private static Bytes told(Work<Bytes> asking) throws IOException {
        try {
            return asking.run();
        } catch (PivException e) {
            if (!isOfTheCard(e)) {
                throw e;
            }
            return Bytes.EMPTY;
        }
    }

    void select() throws IOException {
        try {
            var _ = send(Ins.SELECT, BY_NAME, 0, APPLICATION.clone());
        } catch (PivException e) {
            throw switch (e.meaning()) {
                case NOT_FOUND, FUNCTION_NOT_OFFERED, COMMAND_NOT_OFFERED, CLASS_NOT_OFFERED ->
                        PivException.returned(Ins.SELECT, Meaning.NO_PIV, e.code());
                default -> e;
            };
        }
    }

    /// The same after the card has our management key.
    <T extends @Nullable Object> T managed(Secret managementKey, Work<T> work) throws IOException {
        return exclusively(
                () -> {
                    new Management(exchange, random)
                            .authenticate(cipher(managementKey), managementKey);
                    return work.run();
                });
    }

    /// What the card says, since newer ones have AES where older have 3DES for keys of one length.
    private Management.Algorithm cipher(Secret managementKey) throws IOException {
        var told = offered(() -> send(Ins.GET_METADATA, 0, Management.KEY));
        if (told.isEmpty()) {
            return Management.Algorithm.ofSize(managementKey.size());
        }
        try {
            var number = new Tlv(told.get()).element(1);
            return Management.Algorithm.of(SlotMetadata.number(number));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_METADATA, e);
        }
    }

    /// Something that only some cards have: empty on the others.
    <T> Optional<T> offered(Work<T> work) throws IOException {
        try {
            return Optional.of(work.run());
        } catch (PivException e) {
            return switch (e.meaning()) {
                case COMMAND_NOT_OFFERED, CLASS_NOT_OFFERED, FUNCTION_NOT_OFFERED ->
                        Optional.empty();
                default -> throw e;
            };
        }
    }

    Bytes send(Ins ins, int p1, int p2, byte[] data) throws IOException {
        return exchange.send(Apdu.of(ins, p1, p2, data));
    }

    Bytes send(Ins ins, int p1, int p2) throws IOException {
        return send(ins, p1, p2, new byte[0]);
    }

    /// What an object holds (Part 2 §3.1.2).
    Optional<Bytes> object(int tag) throws IOException {
        Bytes answer;
        try {
            answer =
                    send(
                            Ins.GET_DATA,
                            OBJECT >> 8,
                            OBJECT & 0xff,
                            Tlv.write(OBJECT_TAG, name(tag)));
        } catch (PivException e) {
            if (e.meaning() != Meaning.NOT_FOUND) {
                throw e;
            }
            return Optional.empty();
        }
        try {
            return Optional.of(Tlv.only(OBJECT_CONTENT, answer));
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GET_DATA, e);
        }
    }

    /// Has an object hold this (Part 2 §3.3.1).
    void put(int tag, byte[] content, Secret managementKey) throws IOException {
        var data =
                Bytes.concat(
                        Bytes.of(Tlv.write(OBJECT_TAG, name(tag))),
                        Bytes.of(Tlv.write(OBJECT_CONTENT, content)));
        var _ =
                managed(
                        managementKey,
                        () -> send(Ins.PUT_DATA, OBJECT >> 8, OBJECT & 0xff, data.toArray()));
    }

    private static byte[] name(int tag) {
        return Bytes.u32(tag).slice(1, 4).toArray();
    }
}
