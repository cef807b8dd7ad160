package dev.custodian.agent.prompt;

import dev.custodian.agent.unix.Pipe;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A pinentry that runs, and what it is told.
final class Pinentry implements AutoCloseable {
    /// A text that is too long for Assuan's lines is tried again with less of each thing.
    private static final int[] MOST = {1024, 100, 72, 56, 44, 32};

    /// And before that, with fewer of those that wait: nobody who has many wait keeps the one that
    /// is asked from being shown, or has less said of it.
    private static final int[] NAMED = {OneAtATime.MOST_WAITING, 4, 0};

    private static final Duration SLICE = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final Pipe pipe;
    private final Assuan assuan;

    private Pinentry(Process process, Pipe pipe, Assuan assuan) {
        this.process = process;
        this.pipe = pipe;
        this.assuan = assuan;
    }

    /// Starts it.
    ///
    /// @param program it and its arguments
    /// @param limit how long it may run
    static Pinentry start(List<String> program, Duration limit, Prompt.Watch watch)
            throws IOException {
        var pipe = Pipe.open();
        try {
            var process =
                    new ProcessBuilder(program)
                            .redirectOutput(pipe.writeEnd())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            pipe.closeWriteEnd();
            var reading = new Limit(pipe, limit.plus(GRACE), watch);
            return new Pinentry(process, pipe, new Assuan(reading, process.getOutputStream()));
        } catch (IOException e) {
            pipe.close();
            throw e;
        }
    }

    /// Says how to look and how long to stay.
    void greet(List<String> options, Duration limit) throws IOException, AssuanException, Refused {
        assuan.greeted();
        for (var option : options) {
            attempt("OPTION", option);
        }
        // Not every pinentry knows it; those that do show names right.
        attempt("OPTION", "lc-ctype=C.UTF-8");
        attempt("SETTIMEOUT", Long.toString(limit.toSeconds()));
        command("SETTITLE", "Custodian");
    }

    void command(String command, String argument) throws IOException, AssuanException, Refused {
        assuan.ask(command, argument).close();
    }

    /// A command that a pinentry need not know.
    private void attempt(String command, String argument)
            throws IOException, AssuanException, Refused {
        try {
            command(command, argument);
        } catch (AssuanException e) {
            if (e.code() == AssuanException.NONSENSE) {
                throw e;
            }
        }
    }

    /// What a text holds when so many of those that wait are named and each thing in it has at most
    /// so many characters.
    @FunctionalInterface
    interface Text {
        List<String> lines(int named, int most);
    }

    /// Sets the text of the next dialog.
    void describe(Text text, List<String> more) throws IOException, AssuanException, Refused {
        describe(text, more, new char[0]);
    }

    /// Sets the text of the next dialog, at whose end a secret stands.
    ///
    /// @param secret ASCII without a percent sign; the caller wipes it
    void describe(Text text, List<String> more, char[] secret)
            throws IOException, AssuanException, Refused {
        for (int most : MOST) {
            for (int named : NAMED) {
                var lines = new ArrayList<>(text.lines(named, most));
                lines.addAll(more);
                var all = String.join("\n", lines);
                if (Assuan.fits("SETDESC", all, secret.length)) {
                    assuan.ask("SETDESC", all, secret).close();
                    return;
                }
            }
        }
        throw new Refused(
                FailureKind.PROMPT_UNUSABLE, "pinentry has no room for all that has to be shown.");
    }

    /// Lets the person type a secret; the caller wipes it.
    char[] type(String label) throws IOException, AssuanException, Refused {
        command("SETPROMPT", label);
        try (var typed = assuan.ask("GETPIN", "")) {
            return Typed.chars(typed);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            pipe.close();
        }
    }

    /// Reads as long as there is time and somebody who wants the answer.
    private static final class Limit implements Assuan.Source {
        private final Pipe pipe;
        private final Prompt.Watch watch;
        private final long end;

        Limit(Pipe pipe, Duration limit, Prompt.Watch watch) {
            this.pipe = pipe;
            this.watch = watch;
            this.end = System.nanoTime() + limit.toNanos();
        }

        @Override
        public int read(byte[] into) throws IOException, AssuanException, Refused {
            while (true) {
                int size = pipe.read(into, SLICE);
                if (size != 0) {
                    return size;
                }
                if (!watch.isWanted()) {
                    throw new Refused(FailureKind.PROGRAM_REFUSED);
                }
                if (System.nanoTime() - end > 0) {
                    throw new AssuanException(AssuanException.TIMEOUT, "it did not answer");
                }
            }
        }
    }
}
