package dev.custodian.agent.prompt;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.util.List;

/// Whatever shows a question to the person and brings back the answer. Nothing but a person
/// answers: there is no setting that does.
///
/// Each refuses when nobody answers in time (`APPROVAL_TIMED_OUT`), when nothing can be shown here
/// (`PROMPT_UNUSABLE`) and when nobody wants the answer any more (`PROGRAM_REFUSED`).
public interface Prompt {
    /// Shows the question until it is answered.
    Answer ask(Question question, Watch watch) throws Refused;

    /// Lets the person type a secret; typed again when it cannot be one. Refused
    /// (`APPROVAL_REFUSED`) when the person does not want to.
    ///
    /// @return its octets, none only where [Entry.Wanted#mayBeNone]; the caller closes them
    Secret enter(Entry entry, Watch watch) throws Refused;

    /// Shows a secret until the person says that it was noted. Refused (`APPROVAL_REFUSED`) when
    /// the person says that it was not.
    void tell(Notice notice, Watch watch) throws Refused;

    /// What may change while a question is shown.
    interface Watch {
        /// Whether the program that caused the question is still there.
        boolean isWanted();

        /// Titles of the questions that wait behind this one.
        List<String> waiting();

        /// The terminal of the program that caused the question, by the number that `stat` of its
        /// process has (proc(5)); 0 for none.
        default int terminal() {
            return 0;
        }

        /// The answer was no: told before any other question is shown.
        default void refused() {}
    }
}
