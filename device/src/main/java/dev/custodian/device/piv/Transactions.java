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

    private final CardConnection connection;
    private final SecureRandom random;
    private final ApduExchange exchange;

    Transactions(CardConnection connection, SecureRandom random) {
        this.connection = connection;
        this.random = random;
        this.exchange = new ApduExchange(connection);
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
            return once(work);
        }
    }

    private <T extends @Nullable Object> T once(Work<T> work) throws IOException {
        connection.begin();
        try {
            select();
            return work.run();
        } finally {
            connection.end();
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
