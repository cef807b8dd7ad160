package dev.custodian.agent.prompt;

import dev.custodian.agent.unix.Terminal;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Asks on the terminal of the program that asks: it shows the card there and reads the answer
/// without showing it. The return key alone is no.
public final class TerminalPrompt implements Prompt {
    private static final int MOST_TRIES = 3;

    /// Characters of each thing that is shown.
    private static final int MOST = 400;

    private final int user;

    /// @param user whose terminals are asked on: our own
    public TerminalPrompt(int user) {
        this.user = user;
    }

    @Override
    public Answer ask(Question question, Watch watch) throws Refused {
        try {
            return answer(question, watch);
        } catch (Refused e) {
            if (e.kind() == FailureKind.APPROVAL_REFUSED) {
                return new Answer.Refusal();
            }
            throw e;
        }
    }

    private Answer answer(Question question, Watch watch) throws Refused {
        return on(
                question.limit(),
                watch,
                terminal -> {
                    terminal.show(card(question.title(), question.shown(), watch));
                    var chosen = choose(terminal, question.offers());
                    if (chosen < 0) {
                        return new Answer.Refusal();
                    }
                    var typed = terminal.typed("PIN to approve (Enter alone refuses): ");
                    if (typed.length == 0) {
                        return new Answer.Refusal();
                    }
                    var pin = Entry.Wanted.PIN.read(typed);
                    return chosen == 0
                            ? new Answer.Approval(pin)
                            : new Answer.Consent(pin, question.offers().get(chosen - 1));
                });
    }

    /// Which offer, from 1 on; 0 for this alone, -1 for no.
    private static int choose(TerminalDialog terminal, List<Offer> offers)
            throws IOException, Refused {
        if (offers.isEmpty()) {
            return 0;
        }
        terminal.show(List.of("0: allow this alone"));
        for (int i = 0; i < offers.size(); i++) {
            terminal.show(
                    Card.also(i + 1 + ": allow this and, without asking again:", offers.get(i)));
        }
        var typed = terminal.typed("Which one, 0 to " + offers.size() + " (Enter alone refuses): ");
        int number = typed.length == 1 ? typed[0] - '0' : -1;
        terminal.show(List.of(number >= 0 && number <= offers.size() ? "" + number : "none"));
        return number <= offers.size() ? number : -1;
    }

    @Override
    public Secret enter(Entry entry, Watch watch) throws Refused {
        return on(
                entry.limit(),
                watch,
                terminal -> {
                    terminal.show(card(entry.title(), entry.shown(), watch));
                    for (int tries = 1; ; tries++) {
                        try {
                            return secret(terminal, entry.wanted());
                        } catch (Refused e) {
                            if (e.kind() != FailureKind.USAGE || tries == MOST_TRIES) {
                                throw e;
                            }
                            terminal.show(List.of(e.detail()));
                        }
                    }
                });
    }

    private static Secret secret(TerminalDialog terminal, Entry.Wanted wanted)
            throws IOException, Refused {
        var first =
                wanted.read(
                        wanted.mayBeNone()
                                ? terminal.typed(wanted.label() + " (Enter alone for none): ")
                                : required(terminal, wanted.label()));
        if (!wanted.isTypedTwice() || first.size() == 0) {
            return first;
        }
        try (var again = wanted.read(required(terminal, Entry.AGAIN))) {
            if (again.equals(first)) {
                return first;
            }
            throw new Refused(FailureKind.USAGE, Entry.NOT_THE_SAME);
        } catch (IOException | Refused | RuntimeException e) {
            first.close();
            throw e;
        }
    }

    private static char[] required(TerminalDialog terminal, String label)
            throws IOException, Refused {
        var typed = terminal.typed(label + " (Enter alone refuses): ");
        if (typed.length == 0) {
            throw new Refused(FailureKind.APPROVAL_REFUSED);
        }
        return typed;
    }

    @Override
    public void tell(Notice notice, Watch watch) throws Refused {
        var _ =
                on(
                        notice.limit(),
                        watch,
                        terminal -> {
                            terminal.show(card(notice.title(), notice.shown(), watch));
                            return noted(terminal, notice.code());
                        });
    }

    private static boolean noted(TerminalDialog terminal, Secret code) throws IOException, Refused {
        var text = RecoveryCode.text(code);
        try {
            terminal.show(
                    List.of(
                            "recovery code (made here), shown this once:",
                            "    " + new String(text)));
        } finally {
            Arrays.fill(text, '\0');
        }
        var typed = required(terminal, "Type \"noted\" when you have noted it");
        if (!"noted".equals(new String(typed))) {
            throw new Refused(FailureKind.APPROVAL_REFUSED);
        }
        return true;
    }

    private static List<String> card(String title, List<Shown> shown, Watch watch) {
        return Card.lines(title, shown, watch.waiting(), OneAtATime.MOST_WAITING, MOST);
    }

    /// What is done with a terminal that is open.
    @FunctionalInterface
    private interface Conversation<T> {
        T with(TerminalDialog terminal) throws IOException, Refused;
    }

    private <T> T on(Duration limit, Watch watch, Conversation<T> conversation) throws Refused {
        if (watch.terminal() == 0) {
            throw new Refused(
                    FailureKind.PROMPT_UNUSABLE, "The program that asks has no terminal.");
        }
        try (var terminal = Terminal.open(watch.terminal(), user)) {
            return conversation.with(new TerminalDialog(terminal, limit, watch));
        } catch (IOException e) {
            throw new Refused(
                    FailureKind.PROMPT_UNUSABLE,
                    "The terminal of the program that asks cannot be used.");
        }
    }
}
