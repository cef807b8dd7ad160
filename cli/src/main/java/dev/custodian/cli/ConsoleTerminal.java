package dev.custodian.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/// The JDK's console, read so that Ctrl-C need not wait for the end of the line.
record ConsoleTerminal(Console console) implements Terminal {
    @Override
    public char @Nullable [] readSecretly() throws InterruptedException {
        var answer = new Answer();
        var reading = Thread.ofPlatform().daemon().unstarted(() -> answer.read(console));
        reading.start();
        reading.join();
        return answer.typed;
    }

    private static final class Answer {
        private char @Nullable [] typed;

        void read(Console console) {
            typed = console.readPassword();
        }
    }
}
