package dev.custodian.device.dbus;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Whatever comes from the bus, it is read or refused.
class BusFuzzTest {
    @FuzzTest
    void messageIsRefusedOrReadsTheSameAgain(byte[] octets) {
        try {
            if (octets.length < BusMessage.HEAD
                    || BusMessage.size(Arrays.copyOf(octets, BusMessage.HEAD)) != octets.length) {
                return;
            }
            var message = BusMessage.decode(octets);
            if (message.type() == BusMessage.Type.OTHER) {
                return;
            }
            var again = BusMessage.decode(message.encode());
            if (!again.member().equals(message.member())
                    || !again.sender().equals(message.sender())
                    || again.replyTo() != message.replyTo()
                    || !again.body().equals(message.body())) {
                throw new AssertionError("it reads as another one");
            }
            read(message.body(message.signature()), octets[octets.length - 1]);
        } catch (BusException e) {
            return;
        }
    }

    /// The answers that a keyring gives.
    private static void read(BusReader in, int which) throws BusException {
        switch (which & 3) {
            case 0 -> {
                var _ = in.variant("ay").bytes();
                var _ = in.path();
            }
            case 1 -> {
                var _ = in.array(4, BusReader::path);
                var _ = in.array(4, BusReader::path);
            }
            case 2 -> {
                var _ = in.variant("a{ss}").array(8, each -> each.align(8).text() + each.text());
            }
            default -> {
                var _ = in.bool();
                in.skipVariant();
            }
        }
        in.end();
    }

    @FuzzTest
    void variantIsSteppedOverOrRefused(byte[] octets) {
        try {
            new BusReader(octets, ByteOrder.BIG_ENDIAN).skipVariant();
        } catch (BusException e) {
            return;
        }
        if (Bytes.of(octets).size() == 0) {
            throw new AssertionError("a variant of nothing");
        }
    }
}
