package dev.custodian.cli;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the person sits who started us.
@FunctionalInterface
interface Terminal {
    /// Asks and reads a line without showing it; null when the person ends the input instead. The
    /// caller wipes it.
    char @Nullable [] readSecretly(String question) throws InterruptedException;

    /// The terminal of this process; nothing where input or output is none.
    static Optional<Terminal> ofThisProcess() {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(ConsoleTerminal::new);
    }
}
