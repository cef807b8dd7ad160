package dev.custodian.cli;

import dev.custodian.client.Pin;
import dev.custodian.client.PinRules;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.PrintWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Asks the person, without echo: twice for a new PIN, once for an approval.
final class TypedPin implements PinSource {
    private static final int TRIES = 3;

    private final Terminal terminal;
    private final PrintWriter err;

    TypedPin(Terminal terminal, PrintWriter err) {
        this.terminal = terminal;
        this.err = err;
    }

    @Override
    public Secret choose() throws Refused {
        for (int tries = 0; tries < TRIES; tries++) {
            var pin = ask("Choose a PIN for this demo: ");
            var fault = PinRules.fault(pin);
            if (fault.isEmpty()) {
                try (var again = ask("The same PIN again: ")) {
                    if (again.equals(pin)) {
                        return pin;
                    }
                    fault = "The two are not the same.";
                }
            }
            pin.close();
            err.println(fault);
        }
        throw new Refused(FailureKind.FACTORS_REFUSED, "No PIN was chosen.");
    }

    @Override
    public Secret approve() throws Refused {
        return ask("PIN to approve this, or Ctrl-C: ");
    }

    @Override
    public boolean mayErr() {
        return true;
    }

    /// Holds nothing.
    @Override
    public void close() {}

    private Secret ask(String question) throws Refused {
        var typed = read(question);
        if (typed == null) {
            err.println();
            throw new Refused(FailureKind.FACTORS_REFUSED, "No PIN was typed.");
        }
        try {
            return typed.length == 0 ? Secret.owning(new byte[0]) : Pin.of(typed);
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    private char @Nullable [] read(String question) {
        try {
            return terminal.readSecretly(question);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
