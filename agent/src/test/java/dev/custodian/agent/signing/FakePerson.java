package dev.custodian.agent.signing;

import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Notice;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Reads the questions and answers as the test says: a PIN, or nothing for no.
public final class FakePerson implements Prompt {
    /// The questions that were shown.
    public final List<Question> asked = new CopyOnWriteArrayList<>();

    public volatile String pin = "2749";

    /// What happens while the question is shown.
    public volatile Runnable meanwhile = () -> {};

    /// Whether a yes is one to the first offer too.
    public volatile boolean takesOffers;

    /// The last PIN that was given.
    public volatile Secret given = Secret.owning(new byte[0]);

    @Override
    public Answer ask(Question question, Watch watch) {
        asked.add(question);
        meanwhile.run();
        if (pin.isEmpty()) {
            return new Answer.Refusal();
        }
        given = Secret.owning(pin.getBytes(StandardCharsets.UTF_8));
        return takesOffers && !question.offers().isEmpty()
                ? new Answer.Consent(given, question.offers().getFirst())
                : new Answer.Approval(given);
    }

    @Override
    public Secret enter(Entry entry, Watch watch) {
        throw new AssertionError("nobody is to type here: " + entry.title());
    }

    @Override
    public void tell(Notice notice, Watch watch) {
        throw new AssertionError("nothing is to be noted here: " + notice.title());
    }
}
