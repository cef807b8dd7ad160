package dev.custodian.agent.prompt;

import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.List;

/// A recovery code that a person has to note, since it is shown this once.
///
/// @param title in our own words
/// @param shown each line with who says so; what is foreign was made a [Line]
/// @param code as [RecoveryCode] makes it; whoever made it closes it
/// @param limit how long it is shown
public record Notice(String title, List<Shown> shown, Secret code, Duration limit) {
    /// What the person says to it.
    public static final String NOTED = "I have noted it";

    public Notice {
        shown = List.copyOf(shown);
        Question.requireVisible(title, shown);
        if (!RecoveryCode.isCode(code)) {
            throw new IllegalArgumentException("no recovery code");
        }
    }
}
