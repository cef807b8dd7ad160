package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// Brings commands of any length to a card and its answers of any length back: nothing above knows
/// the rules of lengths (ISO/IEC 7816-4 §5.1, §5.3.3, §5.3.4).
final class ApduExchange {
    private static final int LONGEST_SHORT = 255;
    private static final int LONGEST_EXTENDED = 0xffff;
    private static final int LONGEST_ANSWER = 1 << 16;

    /// For the rest of an answer: a card that drips holds up all others, in its transaction.
    private static final long NANOS_FOR_THE_REST = Duration.ofSeconds(30).toNanos();

    private static final int CHAINED = 0x10;
    private static final int OK = 0x9000;
    private static final int MORE = 0x61;
    private static final int ANOTHER_LE = 0x6c;
    private static final int WRONG_LENGTH = 0x6700;

    private final CardConnection connection;
    private final LongSupplier nanoTime;
    private boolean extended;

    ApduExchange(CardConnection connection, LongSupplier nanoTime) {
        this.connection = connection;
        this.nanoTime = nanoTime;
        this.extended = connection.extendedLength();
    }

    /// The data of the answer.
    ///
    /// @throws PivException when the status word is not 9000
    Bytes send(Apdu apdu) throws IOException {
        try (var data = apdu.data()) {
            var answer = whole(apdu.ins(), sent(apdu, data.expose()));
            if (answer.statusWord != OK) {
                throw PivException.returned(apdu.ins(), answer.statusWord);
            }
            return answer.data;
        }
    }

    /// What came back of one command.
    private record Answer(Bytes data, int statusWord) {
        int first() {
            return statusWord >> 8;
        }

        int second() {
            return statusWord & 0xff;
        }
    }

    private Answer sent(Apdu apdu, byte[] data) throws IOException {
        if (extended
                && data.length <= LONGEST_EXTENDED
                && (data.length > LONGEST_SHORT || apdu.ins().answersLong())) {
            var answer = transmit(apdu.ins(), extended(apdu, data));
            if (answer.statusWord != WRONG_LENGTH) {
                return answer;
            }
            // It says so, and does not take them.
            extended = false;
        }
        return chained(apdu, data);
    }

    private static byte[] extended(Apdu apdu, byte[] data) {
        int size = 4 + 1 + (data.length > 0 ? 2 + data.length : 0);
        var command = head(apdu, 0, size + (apdu.ins().answers() ? 2 : 0));
        if (data.length > 0) {
            command[5] = (byte) (data.length >> 8);
            command[6] = (byte) data.length;
            System.arraycopy(data, 0, command, 7, data.length);
        }
        return command;
    }

    private Answer chained(Apdu apdu, byte[] data) throws IOException {
        int at = 0;
        for (; data.length - at > LONGEST_SHORT; at += LONGEST_SHORT) {
            var part = Arrays.copyOfRange(data, at, at + LONGEST_SHORT);
            var answer = transmit(apdu.ins(), part(apdu, CHAINED, part, 0));
            if (answer.statusWord != OK) {
                return answer;
            }
        }
        var last = Arrays.copyOfRange(data, at, data.length);
        if (!apdu.ins().answers()) {
            return transmit(apdu.ins(), part(apdu, 0, last, 0));
        }
        var answer = transmit(apdu.ins(), part(apdu, 0, last.clone(), 1));
        return answer.first() == ANOTHER_LE
                ? transmit(apdu.ins(), withLe(part(apdu, 0, last, 1), answer.second()))
                : answer;
    }

    /// A short command, with so many octets left for the length of the answer: 0 for the most.
    ///
    /// @param data wiped
    private static byte[] part(Apdu apdu, int cla, byte[] data, int le) {
        var command = head(apdu, cla, 4 + (data.length > 0 ? 1 + data.length : 0) + le);
        if (data.length > 0) {
            command[4] = (byte) data.length;
            System.arraycopy(data, 0, command, 5, data.length);
        }
        Arrays.fill(data, (byte) 0);
        return command;
    }

    private static byte[] withLe(byte[] command, int le) {
        command[command.length - 1] = (byte) le;
        return command;
    }

    private static byte[] head(Apdu apdu, int cla, int size) {
        var command = new byte[size];
        command[0] = (byte) cla;
        command[1] = (byte) apdu.ins().number();
        command[2] = (byte) apdu.p1();
        command[3] = (byte) apdu.p2();
        return command;
    }

    /// The rest of an answer that comes in parts.
    private Answer whole(Ins ins, Answer first) throws IOException {
        if (first.first() != MORE) {
            return first;
        }
        var all = new ByteArrayOutputStream();
        all.writeBytes(first.data.toArray());
        var answer = first;
        long since = nanoTime.getAsLong();
        while (answer.first() == MORE) {
            answer = more(ins, answer.second());
            if (answer.data.size() == 0 && answer.first() == MORE) {
                throw PivException.malformed(ins, "more is promised, and nothing comes");
            }
            all.writeBytes(answer.data.toArray());
            if (all.size() > LONGEST_ANSWER || nanoTime.getAsLong() - since > NANOS_FOR_THE_REST) {
                throw PivException.malformed(ins, "it does not end");
            }
        }
        return new Answer(Bytes.of(all.toByteArray()), answer.statusWord);
    }

    private Answer more(Ins ins, int size) throws IOException {
        var answer = transmit(ins, getResponse(size));
        return answer.first() == ANOTHER_LE ? transmit(ins, getResponse(answer.second())) : answer;
    }

    private static byte[] getResponse(int size) {
        return new byte[] {0, (byte) Ins.GET_RESPONSE.number(), 0, 0, (byte) size};
    }

    private Answer transmit(Ins ins, byte[] command) throws IOException {
        try {
            var octets = connection.transmit(command);
            int size = octets.length - 2;
            if (size < 0 || size > LONGEST_ANSWER) {
                throw PivException.malformed(ins, octets.length + " octets");
            }
            int statusWord = (octets[size] & 0xff) << 8 | octets[size + 1] & 0xff;
            return new Answer(Bytes.of(Arrays.copyOf(octets, size)), statusWord);
        } finally {
            Arrays.fill(command, (byte) 0);
        }
    }
}
