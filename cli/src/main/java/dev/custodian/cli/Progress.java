package dev.custodian.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Tells on stderr what has been done, with the time since the start.
final class Progress {
    private final PrintWriter err;
    private final InstantSource clock;
    private final Instant start;

    Progress(PrintWriter err, InstantSource clock) {
        this.err = err;
        this.clock = clock;
        this.start = clock.instant();
    }

    /// One step that is done.
    void step(String sentence) {
        err.println(time() + "  " + sentence);
    }

    /// More about the step before, or a question.
    void more(String line) {
        err.println(" ".repeat(9) + line);
    }

    /// How long it has taken so far: ` 4.2 s`.
    String time() {
        long millis = Duration.between(start, clock.instant()).toMillis();
        return String.format(Locale.ROOT, "%5.1f s", millis / 1000.0);
    }
}
