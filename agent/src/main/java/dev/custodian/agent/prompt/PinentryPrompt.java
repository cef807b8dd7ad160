package dev.custodian.agent.prompt;

import dev.custodian.agent.unix.Pipe;
import dev.custodian.client.Pin;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks by a pinentry, the program that GnuPG asks with: one process for each question.
///
/// Where there is something to offer, a first dialog lets the person choose between this alone and
/// the first offer: pinentry has no more buttons than that. The second one takes the PIN.
public final class PinentryPrompt implements Prompt {
    /// Both dialogs say what is asked; a text that is too long for Assuan's lines is tried again
    /// with less of each thing.
    private static final int[] MOST = {1024, 100, 72, 56, 44, 32};

    private static final Duration SLICE = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final List<String> program;
    private final List<String> options;

    /// Asks by this program.
    ///
    /// @param program the pinentry and its arguments
    /// @param options for its `OPTION` command, such as `ttyname=/dev/pts/3`
    public PinentryPrompt(List<String> program, List<String> options) {
        this.program = List.copyOf(program);
        this.options = List.copyOf(options);
    }

    @Override
    public Answer ask(Question question, Watch watch) throws Refused {
        try (var pipe = Pipe.open()) {
            var process =
                    new ProcessBuilder(program)
                            .redirectOutput(pipe.writeEnd())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            pipe.closeWriteEnd();
            try {
                var limit = new Limit(pipe, question.limit().plus(GRACE), watch);
                return converse(new Assuan(limit, process.getOutputStream()), question, watch);
            } finally {
                end(process);
            }
        } catch (IOException e) {
            throw new Refused(
                    FailureKind.PROMPT_UNUSABLE,
                    program.getFirst() + " cannot be started or died.");
        } catch (AssuanException e) {
            throw refusal(e);
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Answer converse(Assuan assuan, Question question, Watch watch)
            throws IOException, AssuanException, Refused {
        assuan.greeted();
        for (var option : options) {
            attempt(assuan, "OPTION", option);
        }
        // Not every pinentry knows it; those that do show names right.
        attempt(assuan, "OPTION", "lc-ctype=C.UTF-8");
        attempt(assuan, "SETTIMEOUT", Long.toString(question.limit().toSeconds()));
        command(assuan, "SETTITLE", "Custodian");
        command(assuan, "SETCANCEL", "Refuse");
        try {
            var chosen = question.offers().isEmpty() ? null : choose(assuan, question, watch);
            var more = chosen == null ? List.<String>of() : also("this also allows:", chosen);
            describe(assuan, question, watch, more);
            command(assuan, "SETPROMPT", "PIN");
            command(assuan, "SETOK", "Approve");
            try (var typed = assuan.ask("GETPIN", "")) {
                if (typed.size() == 0) {
                    return new Answer.Refusal();
                }
                var pin = pin(typed);
                return chosen == null ? new Answer.Approval(pin) : new Answer.Consent(pin, chosen);
            }
        } catch (AssuanException e) {
            if (e.code() == AssuanException.CANCELED || e.code() == AssuanException.NOT_CONFIRMED) {
                return new Answer.Refusal();
            }
            throw e;
        }
    }

    /// Asks whether to allow more than this. A no is the third button; where a pinentry has only
    /// two, its PIN dialog is still to come.
    ///
    /// @return the offer; null for this alone
    private static @Nullable Offer choose(Assuan assuan, Question question, Watch watch)
            throws IOException, AssuanException, Refused {
        var offer = question.offers().getFirst();
        describe(assuan, question, watch, also("more than this can be allowed:", offer));
        command(assuan, "SETOK", "This alone");
        command(assuan, "SETNOTOK", "This and more");
        try {
            command(assuan, "CONFIRM", "");
            return null;
        } catch (AssuanException e) {
            if (e.code() == AssuanException.NOT_CONFIRMED) {
                return offer;
            }
            throw e;
        }
    }

    private static List<String> also(String what, Offer offer) {
        return List.of(what, "    " + offer.words());
    }

    private static void describe(Assuan assuan, Question question, Watch watch, List<String> more)
            throws IOException, AssuanException, Refused {
        for (int most : MOST) {
            var lines = new ArrayList<>(Card.lines(question, watch.waiting(), most));
            lines.addAll(more);
            var text = String.join("\n", lines);
            if (Assuan.fits("SETDESC", text)) {
                command(assuan, "SETDESC", text);
                return;
            }
        }
        throw new Refused(
                FailureKind.PROMPT_UNUSABLE, "pinentry has no room for all that has to be shown.");
    }

    private static void command(Assuan assuan, String command, String argument)
            throws IOException, AssuanException, Refused {
        assuan.ask(command, argument).close();
    }

    /// A command that a pinentry need not know.
    private static void attempt(Assuan assuan, String command, String argument)
            throws IOException, AssuanException, Refused {
        try {
            command(assuan, command, argument);
        } catch (AssuanException e) {
            if (e.code() == AssuanException.NONSENSE) {
                throw e;
            }
        }
    }

    private static Secret pin(Secret typed) throws Refused {
        var chars = CharBuffer.allocate(typed.size());
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            if (decoder.decode(ByteBuffer.wrap(typed.expose()), chars, true).isError()) {
                throw new Refused(FailureKind.PROMPT_UNUSABLE, "The pinentry does not send UTF-8.");
            }
            return pin(Arrays.copyOf(chars.array(), chars.position()));
        } finally {
            Arrays.fill(chars.array(), '\0');
        }
    }

    private static Secret pin(char[] typed) throws Refused {
        try {
            return Pin.of(typed);
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    private Refused refusal(AssuanException e) {
        return e.code() == AssuanException.TIMEOUT
                ? new Refused(FailureKind.APPROVAL_TIMED_OUT)
                : new Refused(
                        FailureKind.PROMPT_UNUSABLE,
                        program.getFirst() + ": " + e.getMessage() + ".");
    }

    /// Reads as long as there is time and somebody who wants the answer.
    private static final class Limit implements Assuan.Source {
        private final Pipe pipe;
        private final Watch watch;
        private final long end;

        Limit(Pipe pipe, Duration limit, Watch watch) {
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
