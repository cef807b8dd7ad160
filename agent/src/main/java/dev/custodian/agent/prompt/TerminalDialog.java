package dev.custodian.agent.prompt;

import dev.custodian.agent.unix.Terminal;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// One question on a terminal: as long as there is time, and somebody who wants the answer.
final class TerminalDialog {
    /// How long nothing that is typed counts.
    private static final Duration DEAF = Duration.ofMillis(700);

    /// Short, so that a shell whose program has ended gets its terminal back at once.
    private static final Duration SLICE = Duration.ofMillis(50);

    private static final Duration ROOM = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final Prompt.Watch watch;
    private final Duration limit;
    private final long start = System.nanoTime();
    private boolean hears;

    TerminalDialog(Terminal terminal, Duration limit, Prompt.Watch watch) {
        this.terminal = terminal;
        this.limit = limit;
        this.watch = watch;
    }

    /// Shows lines, each of which is visible.
    void show(List<String> lines) throws IOException {
        terminal.write("\n" + String.join("\n", lines) + "\n", ROOM);
    }

    /// Asks for a line. What was typed before the first one is forgotten: it was meant for another
    /// program.
    ///
    /// @return without its end; the caller wipes it. Refused with `APPROVAL_REFUSED` when input
    ///   ended
    char[] typed(String question) throws IOException, Refused {
        if (!hears) {
            hears = true;
            waitDeaf();
        }
        terminal.write(question, ROOM);
        var line = new byte[Terminal.LONGEST_LINE];
        try {
            int size = read(line);
            // refused by a terminal that was hung up
            terminal.write("\n", ROOM);
            if (size < 0) {
                throw new Refused(FailureKind.APPROVAL_REFUSED);
            }
            try (var octets = Secret.copyOf(line, 0, size)) {
                return Typed.chars(octets);
            }
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private void waitDeaf() throws IOException, Refused {
        var nothing = new byte[Terminal.LONGEST_LINE];
        do {
            requireWanted();
            if (terminal.read(nothing, SLICE) < 0) {
                throw new Refused(FailureKind.APPROVAL_REFUSED);
            }
        } while (System.nanoTime() - start < DEAF.toNanos());
        Arrays.fill(nothing, (byte) 0);
        terminal.forget();
    }

    private int read(byte[] line) throws IOException, Refused {
        while (true) {
            int size = terminal.read(line, SLICE);
            if (size < 0) {
                return size;
            }
            if (size > 0) {
                return line[size - 1] == '\n' ? size - 1 : size;
            }
            requireWanted();
        }
    }

    private void requireWanted() throws IOException, Refused {
        if (!watch.isWanted()) {
            throw new Refused(FailureKind.PROGRAM_REFUSED);
        }
        if (System.nanoTime() - start > limit.toNanos()) {
            terminal.write("\n" + FailureKind.APPROVAL_TIMED_OUT.sentence() + "\n", ROOM);
            throw new Refused(FailureKind.APPROVAL_TIMED_OUT);
        }
    }
}
