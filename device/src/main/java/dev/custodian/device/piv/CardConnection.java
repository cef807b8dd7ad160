package dev.custodian.device.piv;

import java.io.IOException;

/// Carries commands to a card in a reader. Used by one thread at a time.
public interface CardConnection extends AutoCloseable {
    /// Sends one whole command and waits for its whole answer, with the status word.
    ///
    /// @param command wiped by the caller
    byte[] transmit(byte[] command) throws IOException;

    /// Whether reader and card take commands of more than 255 octets.
    boolean extendedLength();

    /// From here to [#end], no other program speaks to the card.
    ///
    /// @throws PivException [Meaning#CARD_RESET] when one made the card forget all since
    void begin() throws IOException;

    /// Does nothing when card, reader or service are gone.
    void end();

    /// Has the card forget all, the PIN too, before anybody else can speak to it; ends what
    /// [#begin] began.
    void reset() throws IOException;

    /// Makes the connection anew after the card was reset.
    void reconnect() throws IOException;

    @Override
    void close();
}
