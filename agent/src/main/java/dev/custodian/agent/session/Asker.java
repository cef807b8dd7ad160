package dev.custodian.agent.session;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Notice;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Asks the person on behalf of one program, which each question names first.
///
/// @param says what the program says of itself
/// @param watch whether that program still waits
public record Asker(Prompt prompt, Peer peer, Shown says, Prompt.Watch watch) {
    private static final int SENTENCE = 600;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration TO_WRITE = Duration.ofMinutes(5);

    /// The program, then `lines`.
    List<Shown> shown(Shown... lines) {
        var shown = new ArrayList<>(peer.shown());
        shown.add(says);
        shown.addAll(List.of(lines));
        return shown;
    }

    /// The PIN of whoever approves what is shown; the caller closes it. Refused with
    /// `APPROVAL_REFUSED`.
    Secret approve(String title, List<Shown> shown) throws Refused {
        return switch (prompt.ask(new Question(title, shown, List.of(), LIMIT), watch)) {
            case Answer.Refusal() -> throw new Refused(FailureKind.APPROVAL_REFUSED);
            case Answer.Approval(var pin) -> pin;
            case Answer.Consent(var pin, _) -> {
                pin.close();
                throw new IllegalStateException("an answer that was not offered");
            }
        };
    }

    /// What the person types; the caller closes it. Refused with `APPROVAL_REFUSED`.
    Secret enter(String title, List<Shown> shown, Entry.Wanted wanted) throws Refused {
        return prompt.enter(new Entry(title, shown, wanted, LIMIT), watch);
    }

    /// Shows a recovery code until it is noted. Refused with `APPROVAL_REFUSED`.
    void tell(String title, List<Shown> shown, Secret code) throws Refused {
        prompt.tell(new Notice(title, shown, code, TO_WRITE), watch);
    }

    static Shown computed(String what, String text) {
        return new Shown(what, Line.of(text, Line.NAME), Shown.Source.COMPUTED);
    }

    /// One that may be longer.
    static Shown sentence(String what, String text) {
        return new Shown(what, Line.of(text, SENTENCE), Shown.Source.COMPUTED);
    }

    static Shown reported(String what, String text) {
        return new Shown(what, Line.of(text, Line.NAME), Shown.Source.REPORTED);
    }
}
