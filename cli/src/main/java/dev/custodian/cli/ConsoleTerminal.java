package dev.custodian.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/// The JDK's console, read so that Ctrl-C need not wait for the end of the line.
record ConsoleTerminal(Console console) implements Terminal {
    @Override
    public char @Nullable [] readSecretly(String question) throws InterruptedException {
        var answer = new Answer();
        var reading = Thread.ofPlatform().daemon().unstarted(() -> answer.read(console, question));
        reading.start();
        reading.join();
        return answer.typed;
    }

    private static final class Answer {
        private char @Nullable [] typed;

        /// The console asks, since it first stops showing what is typed.
        void read(Console console, String question) {
            typed = console.readPassword("%s", question);
        }
    }
}
