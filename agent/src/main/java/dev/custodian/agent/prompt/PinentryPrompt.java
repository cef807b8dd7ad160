package dev.custodian.agent.prompt;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks by a pinentry, the program that GnuPG asks with: one process for each question.
///
/// Where there is something to offer, a first dialog lets the person choose between this alone and
/// the first offer: pinentry has no more buttons than that. The second one takes the PIN.
public final class PinentryPrompt implements Prompt {
    private static final int MOST_TRIES = 3;
    private static final List<String> NOTHING = List.of();

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
        return converse(question.limit(), watch, one -> answer(one, question, watch));
    }

    private static Answer answer(Pinentry pinentry, Question question, Watch watch)
            throws IOException, AssuanException, Refused {
        try {
            var chosen = question.offers().isEmpty() ? null : choose(pinentry, question, watch);
            var more = chosen == null ? NOTHING : Card.also("this also allows:", chosen);
            pinentry.describe(card(question.title(), question.shown(), watch), more);
            pinentry.command("SETOK", "Approve");
            var typed = pinentry.type(Entry.Wanted.PIN.label());
            if (typed.length == 0) {
                return new Answer.Refusal();
            }
            var pin = Entry.Wanted.PIN.read(typed);
            return chosen == null ? new Answer.Approval(pin) : new Answer.Consent(pin, chosen);
        } catch (AssuanException e) {
            if (isNo(e)) {
                return new Answer.Refusal();
            }
            throw e;
        }
    }

    /// Asks whether to allow more than this. A no is the third button; where a pinentry has only
    /// two, its PIN dialog is still to come.
    ///
    /// @return the offer; null for this alone
    private static @Nullable Offer choose(Pinentry pinentry, Question question, Watch watch)
            throws IOException, AssuanException, Refused {
        var offer = question.offers().getFirst();
        pinentry.describe(
                card(question.title(), question.shown(), watch),
                Card.also("more than this can be allowed:", offer));
        pinentry.command("SETOK", "This alone");
        pinentry.command("SETNOTOK", "This and more");
        try {
            pinentry.command("CONFIRM", "");
            return null;
        } catch (AssuanException e) {
            if (e.code() == AssuanException.NOT_CONFIRMED) {
                return offer;
            }
            throw e;
        }
    }

    @Override
    public Secret enter(Entry entry, Watch watch) throws Refused {
        return converse(entry.limit(), watch, one -> secret(one, entry, watch));
    }

    private static Secret secret(Pinentry pinentry, Entry entry, Watch watch)
            throws IOException, AssuanException, Refused {
        pinentry.command("SETOK", "Continue");
        for (int tries = 1; ; tries++) {
            try {
                return secretOnce(pinentry, entry, watch);
            } catch (Refused e) {
                if (e.kind() != FailureKind.USAGE || tries == MOST_TRIES) {
                    throw e;
                }
                pinentry.command("SETERROR", e.detail());
            }
        }
    }

    private static Secret secretOnce(Pinentry pinentry, Entry entry, Watch watch)
            throws IOException, AssuanException, Refused {
        var wanted = entry.wanted();
        pinentry.describe(card(entry.title(), entry.shown(), watch), NOTHING);
        var secret = wanted.read(pinentry.type(wanted.label()));
        if (!wanted.isTypedTwice() || secret.size() == 0) {
            return secret;
        }
        try (var again = wanted.read(pinentry.type(Entry.AGAIN))) {
            if (again.equals(secret)) {
                return secret;
            }
            throw new Refused(FailureKind.USAGE, Entry.NOT_THE_SAME);
        } catch (IOException | AssuanException | Refused | RuntimeException e) {
            secret.close();
            throw e;
        }
    }

    @Override
    public void tell(Notice notice, Watch watch) throws Refused {
        var _ = converse(notice.limit(), watch, one -> noted(one, notice, watch));
    }

    private static boolean noted(Pinentry pinentry, Notice notice, Watch watch)
            throws IOException, AssuanException, Refused {
        var code = RecoveryCode.text(notice.code());
        try {
            pinentry.describe(
                    card(notice.title(), notice.shown(), watch),
                    List.of("recovery code (made here):", "    "),
                    code);
        } finally {
            Arrays.fill(code, '\0');
        }
        pinentry.command("SETOK", Notice.NOTED);
        pinentry.command("CONFIRM", "");
        return true;
    }

    private static Pinentry.Text card(String title, List<Shown> shown, Watch watch) {
        var waiting = watch.waiting();
        return (named, most) -> Card.lines(title, shown, waiting, named, most);
    }

    private static boolean isNo(AssuanException e) {
        return e.code() == AssuanException.CANCELED || e.code() == AssuanException.NOT_CONFIRMED;
    }

    /// What is done with a pinentry that runs.
    @FunctionalInterface
    private interface Conversation<T> {
        T with(Pinentry pinentry) throws IOException, AssuanException, Refused;
    }

    private <T> T converse(Duration limit, Watch watch, Conversation<T> conversation)
            throws Refused {
        try (var pinentry = Pinentry.start(program, limit, watch)) {
            pinentry.greet(options, limit);
            pinentry.command("SETCANCEL", "Refuse");
            return conversation.with(pinentry);
        } catch (IOException e) {
            throw new Refused(
                    FailureKind.PROMPT_UNUSABLE,
                    program.getFirst() + " cannot be started or died.");
        } catch (AssuanException e) {
            throw refusal(e);
        }
    }

    private Refused refusal(AssuanException e) {
        if (isNo(e)) {
            return new Refused(FailureKind.APPROVAL_REFUSED);
        }
        return e.code() == AssuanException.TIMEOUT
                ? new Refused(FailureKind.APPROVAL_TIMED_OUT)
                : new Refused(
                        FailureKind.PROMPT_UNUSABLE,
                        program.getFirst() + ": " + e.getMessage() + ".");
    }
}
