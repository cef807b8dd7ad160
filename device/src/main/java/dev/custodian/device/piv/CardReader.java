package dev.custodian.device.piv;

import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.TerminalFactory;

/// A smart-card reader of this machine, by PC/SC: `pcscd` on Linux, Windows' own, macOS' own.
///
/// The JDK opens PC/SC once in a process: when the system's service is started anew, it finds no
/// reader until the process is.
public final class CardReader {
    private final CardTerminal terminal;

    private CardReader(CardTerminal terminal) {
        this.terminal = terminal;
    }

    /// Those that are plugged in; none also when the service ended after it was used.
    ///
    /// @throws PivException [Meaning#SERVICE_GONE] when the service does not run
    public static List<CardReader> all() throws IOException {
        try {
            return TerminalFactory.getInstance("PC/SC", null).terminals().list().stream()
                    .map(CardReader::new)
                    .toList();
        } catch (NoSuchAlgorithmException | CardException e) {
            throw PcscError.of("looking for readers", e);
        }
    }

    /// As the system calls it.
    public String name() {
        return terminal.getName();
    }

    public boolean hasCard() throws IOException {
        try {
            return terminal.isCardPresent();
        } catch (CardException e) {
            throw PcscError.of("looking for a card", e);
        }
    }

    /// Connects to the card, shared with other programs. All connections of a process to one reader
    /// are one: closing it ends the others.
    public CardConnection connect() throws IOException {
        return PcscConnection.to(terminal);
    }

    @Override
    public String toString() {
        return name();
    }
}
