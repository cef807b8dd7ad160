package dev.custodian.device.piv;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.smartcardio.Card;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;

/// A card by `javax.smartcardio`. The JDK follows `61xx` and `6Cxx` itself unless it is told not
/// to, and keeps a copy of each command until it is collected.
final class PcscConnection implements CardConnection {
    /// An answer of the longest length, and one more in parts.
    private static final int ROOM = 2 * (1 << 16) + 4;

    /// How long a card that was pulled may seem to be there.
    private static final long MILLIS_TO_NOTICE = 1000;

    private static final String T_1 = "T=1";

    private final CardTerminal terminal;
    private Card card;

    /// Whether a reset came to nothing, which ended the connection all the same.
    private boolean cut;

    private PcscConnection(CardTerminal terminal, Card card) {
        this.terminal = terminal;
        this.card = card;
    }

    static PcscConnection to(CardTerminal terminal) throws PivException {
        return new PcscConnection(terminal, open(terminal));
    }

    private static Card open(CardTerminal terminal) throws PivException {
        try {
            return terminal.connect("*");
        } catch (CardException e) {
            throw PcscError.of("connecting to the card", e);
        }
    }

    @Override
    public byte[] transmit(byte[] command) throws IOException {
        var answer = ByteBuffer.allocate(ROOM);
        try {
            int size = card.getBasicChannel().transmit(ByteBuffer.wrap(command), answer);
            if (size < 2) {
                // A driver's way to say that nobody answered.
                throw seen(PivException.of(Meaning.COMMUNICATION, "an answer of nothing"));
            }
            return Arrays.copyOf(answer.array(), size);
        } catch (CardException e) {
            throw seen(PcscError.of("sending to the card", e));
        } catch (IllegalStateException e) {
            throw gone(e);
        } catch (BufferOverflowException e) {
            throw PivException.reader(
                    "sending to the card: a longer answer than any",
                    Meaning.MALFORMED_ANSWER,
                    0,
                    e);
        }
    }

    /// While the card is pulled, a command just does not get through.
    private PivException seen(PivException failure) {
        if (failure.meaning() != Meaning.COMMUNICATION) {
            return failure;
        }
        try {
            return terminal.waitForCardAbsent(MILLIS_TO_NOTICE)
                    ? PivException.reader(
                            "the card was pulled", Meaning.CARD_GONE, failure.code(), failure)
                    : failure;
        } catch (CardException e) {
            return PcscError.of("looking for the card", e);
        }
    }

    /// The JDK's way to say that it noticed before.
    private static PivException gone(IllegalStateException e) {
        return PivException.reader("the card was pulled", Meaning.CARD_GONE, 0, e);
    }

    @Override
    public boolean extendedLength() {
        return card.getProtocol().equals(T_1) && Atr.takesExtendedLength(card.getATR());
    }

    @Override
    public void begin() throws IOException {
        if (cut) {
            card = open(terminal);
            cut = false;
        }
        try {
            card.beginExclusive();
        } catch (CardException e) {
            throw PcscError.of("taking the card for a moment", e);
        } catch (IllegalStateException e) {
            throw gone(e);
        }
    }

    @Override
    public void end() {
        try {
            card.endExclusive();
        } catch (CardException | IllegalStateException e) {
            // Then nobody has it any more.
            return;
        }
    }

    @Override
    public void reset() throws IOException {
        cut = true;
        try {
            synchronized (terminal) {
                card.disconnect(true);
            }
        } catch (CardException e) {
            throw PcscError.of("resetting the card", e);
        }
        card = open(terminal);
        cut = false;
    }

    @Override
    public void reconnect() throws IOException {
        close();
        card = open(terminal);
    }

    /// Leaves the card as it is: others may use it. One thread at a time: pcscd is done with a
    /// process that ends what it has ended.
    @Override
    public void close() {
        try {
            synchronized (terminal) {
                card.disconnect(false);
            }
        } catch (CardException | IllegalStateException e) {
            // Then there is nothing to end.
            return;
        }
    }
}
