package dev.custodian.agent.prompt;

import dev.custodian.core.Refused;
import java.util.List;

/// Whatever shows a question to the person and brings back the answer. Nothing but a person
/// answers: there is no setting that does.
@FunctionalInterface
public interface Prompt {
    /// Shows the question until it is answered.
    ///
    /// Refused when nobody answers in time (`APPROVAL_TIMED_OUT`), when nothing can be shown here
    /// (`PROMPT_UNUSABLE`) and when nobody wants the answer any more (`PROGRAM_REFUSED`).
    Answer ask(Question question, Watch watch) throws Refused;

    /// What may change while a question is shown.
    interface Watch {
        /// Whether the program that caused the question is still there.
        boolean isWanted();

        /// Titles of the questions that wait behind this one.
        List<String> waiting();
    }
}
